//! Constants for the IRIs that factloom reads and writes.

use oxigraph::model::NamedNodeRef;

/// The prefixes that queries can use without declaring them, in addition to those below the dataset's base.
pub const PREFIXES: [(&str, &str); 11] = [
    ("dcterms", "http://purl.org/dc/terms/"),
    ("fl", "https://factloom.example/ns#"),
    ("oa", "http://www.w3.org/ns/oa#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", "https://schema.org/"),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Prefixes that are widely used and that no dataset declares.
pub(crate) const WELL_KNOWN_PREFIXES: [(&str, &str); 12] = [
    ("bd", "http://www.bigdata.com/rdf#"),
    ("dbo", "http://dbpedia.org/ontology/"),
    ("dbr", "http://dbpedia.org/resource/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("fn", "http://www.w3.org/2005/xpath-functions#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("geo", "http://www.opengis.net/ont/geosparql#"),
    ("p", "http://www.wikidata.org/prop/"),
    ("time", "http://www.w3.org/2006/time#"),
    ("wd", "http://www.wikidata.org/entity/"),
    ("wdt", "http://www.wikidata.org/prop/direct/"),
    ("wikibase", "http://wikiba.se/ontology#"),
];

/// factloom's own qualifiers, whose values are times: their local names and IRIs.
pub const TIMES: [(&str, NamedNodeRef<'static>); 3] =
    [("pointInTime", fl::POINT_IN_TIME), ("startTime", fl::START_TIME), ("endTime", fl::END_TIME)];

/// The predicates of the RDF mapping of statements, which cannot be qualifiers.
pub const RESERVED: [NamedNodeRef<'static>; 10] = [
    rdf::REIFIES,
    rdf::TYPE,
    fl::STATUS,
    fl::BY,
    fl::PROPOSED_BY,
    fl::EVIDENCE,
    fl::EARLIEST,
    fl::LATEST,
    sh::SOURCE_RULE,
    prov::WAS_DERIVED_FROM,
];

macro_rules! terms {
    ($(#[$doc:meta])* $module:ident $namespace:literal { $($name:ident $local:literal),* $(,)? }) => {
        $(#[$doc])*
        pub mod $module {
            use super::NamedNodeRef;
            /// The namespace of these IRIs.
            pub const NAMESPACE: &str = $namespace;
            /// These IRIs.
            pub const TERMS: &[NamedNodeRef<'static>] = &[$($name),*];
            $(
                #[doc = concat!("`", stringify!($module), ":", $local, "`")]
                pub const $name: NamedNodeRef<'static> =
                    NamedNodeRef::new_unchecked(concat!($namespace, $local));
            )*
        }
    };
}

terms!(
    /// factloom.
    fl "https://factloom.example/ns#" {
        STATEMENT "Statement", FACT "Fact", CLAIM "Claim", INFERENCE "Inference", ENTAILMENT "Entailment",
        EVIDENCE "evidence", EVIDENCE_CLASS "Evidence", SOURCE_CLASS "Source",
        POINT_IN_TIME "pointInTime", START_TIME "startTime", END_TIME "endTime",
        EARLIEST "earliest", LATEST "latest", STATUS "status", BY "by", PROPOSED_BY "proposedBy",
        LINE "line", COLUMN "column", PART "part", NTH "nth", STANCE "stance", NOTE "note",
        SOURCE_EXACT "sourceExact", SOURCE_PREFIX "sourcePrefix", SOURCE_SUFFIX "sourceSuffix",
        DISPUTES "disputes", KIND "kind", ACCESSED "accessed",
        CLAIM_STATUS "ClaimStatus", REPORTED "reported", PLANNED "planned", POSSIBLE "possible",
        DENIED "denied", ALLEGED "alleged", DISPUTED "disputed",
    }
);
terms!(
    /// RDF.
    rdf "http://www.w3.org/1999/02/22-rdf-syntax-ns#" {
        TYPE "type", REIFIES "reifies", STATEMENT "Statement", SUBJECT "subject",
        PREDICATE "predicate", OBJECT "object", PROPERTY "Property",
        LANG_STRING "langString", DIR_LANG_STRING "dirLangString",
    }
);
terms!(
    /// RDF Schema.
    rdfs "http://www.w3.org/2000/01/rdf-schema#" {
        LABEL "label", COMMENT "comment", CLASS "Class", DOMAIN "domain", RANGE "range",
        SUB_CLASS_OF "subClassOf", SUB_PROPERTY_OF "subPropertyOf", RESOURCE "Resource",
        LITERAL "Literal", DATATYPE "Datatype",
    }
);
terms!(
    /// OWL.
    owl "http://www.w3.org/2002/07/owl#" {
        CLASS "Class", THING "Thing", OBJECT_PROPERTY "ObjectProperty",
        DATATYPE_PROPERTY "DatatypeProperty", FUNCTIONAL_PROPERTY "FunctionalProperty",
        INVERSE_OF "inverseOf", SAME_AS "sameAs", PROPERTY_DISJOINT_WITH "propertyDisjointWith",
        SYMMETRIC_PROPERTY "SymmetricProperty",
    }
);
terms!(
    /// XML Schema datatypes.
    xsd "http://www.w3.org/2001/XMLSchema#" {
        STRING "string", BOOLEAN "boolean", INTEGER "integer", DECIMAL "decimal",
        FLOAT "float", DOUBLE "double", DATE "date", DATE_TIME "dateTime", TIME "time",
        G_YEAR "gYear", G_YEAR_MONTH "gYearMonth", ANY_URI "anyURI",
    }
);
terms!(
    /// Web Annotation.
    oa "http://www.w3.org/ns/oa#" {
        HAS_SOURCE "hasSource", EXACT "exact", PREFIX "prefix", SUFFIX "suffix",
        START "start", END "end",
    }
);
terms!(
    /// PROV-O.
    prov "http://www.w3.org/ns/prov#" {
        WAS_DERIVED_FROM "wasDerivedFrom", WAS_ATTRIBUTED_TO "wasAttributedTo", AT_LOCATION "atLocation",
    }
);
terms!(
    /// SHACL.
    sh "http://www.w3.org/ns/shacl#" { SOURCE_RULE "sourceRule", RULE "Rule" }
);
terms!(
    /// SKOS.
    skos "http://www.w3.org/2004/02/skos/core#" {
        PREF_LABEL "prefLabel", ALT_LABEL "altLabel", EXACT_MATCH "exactMatch", NOTE "note",
    }
);
terms!(
    /// Dublin Core terms.
    dcterms "http://purl.org/dc/terms/" {
        TITLE "title", LANGUAGE "language", PUBLISHER "publisher", ISSUED "issued",
        DESCRIPTION "description", SOURCE "source", IDENTIFIER "identifier", SPATIAL "spatial",
    }
);
terms!(
    /// schema.org.
    schema "https://schema.org/" {
        URL "url", SAME_AS "sameAs", CREATIVE_WORK "CreativeWork", LOCATION "location", CONTAINED_IN_PLACE "containedInPlace",
    }
);
terms!(
    /// Nanopublications.
    np "http://www.nanopub.org/nschema#" {
        NANOPUBLICATION "Nanopublication", HAS_ASSERTION "hasAssertion", HAS_PROVENANCE "hasProvenance",
        HAS_PUBLICATION_INFO "hasPublicationInfo",
    }
);
terms!(
    /// The Library of Congress's datatype for Extended Date/Time Format strings.
    edtf "http://id.loc.gov/datatypes/edtf/" { EDTF "EDTF" }
);
