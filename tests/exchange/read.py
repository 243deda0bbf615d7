"""Reads what `factloom export` wrote to a folder, by software that is not its own, and says on stdout what it found."""

import csv
import json
import pathlib
import sys

import networkx
import rdflib
from lxml import etree
from rdflib.namespace import RDFS

csv.field_size_limit(1 << 30)
folder, schema = pathlib.Path(sys.argv[1]), sys.argv[2]
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
NP = rdflib.Namespace("http://www.nanopub.org/nschema#")


def network(graph, list_of=json.loads):
    nodes = {node: data["label"] for node, data in graph.nodes(data=True)}
    edges = {}
    for source, target, key, data in graph.edges(keys=True, data=True):
        edges[data.get("id", key)] = [source, target, data["label"], data["kind"], list_of(data["quotes"]) if "quotes" in data else []]
    return {"nodes": nodes, "edges": edges}


def rows(name):
    with open(folder / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tables():
    nodes = {row["Id"]: row["Label"] for row in rows("csv/nodes.csv")}
    edges = {
        row["Id"]: [row["Source"], row["Target"], row["Label"], row["kind"], json.loads(row["quotes"] or "[]")]
        for row in rows("csv/edges.csv")
    }
    return {"nodes": nodes, "edges": edges}


def neo4j():
    nodes = {row["id:ID"]: row["label"] for row in rows("neo4j/nodes.csv")}
    edges = {}
    for row in rows("neo4j/relationships.csv"):
        quotes = row["quotes:string[]"]
        quotes = quotes.split("\x1f") if quotes else []
        edges[row["id"]] = [row[":START_ID"], row[":END_ID"], row["label"], row["kind:string"], quotes]
    return {"nodes": nodes, "edges": edges}


def words(graph):
    """The labels and the quotes of a graph, whichever named graph they stand in."""
    labels = sorted({(str(s), str(o)) for s, _, o, *_ in graph.quads((None, RDFS.label, None, None))})
    return {"labels": labels, "quotes": sorted({str(o) for _, _, o, *_ in graph.quads((None, OA.exact, None, None))})}


def rdf(name, format):
    graph = rdflib.Dataset()
    graph.parse(data=(folder / name).read_bytes(), format=format)
    return graph


def nanopublications():
    graph = rdf("nanopublications", "trig")
    heads = list(graph.quads((None, rdflib.RDF.type, NP.Nanopublication, None)))
    asserted = []
    for publication, _, _, head in heads:
        parts = [graph.value(publication, part) or next(o for _, _, o, _ in graph.quads((publication, part, None, None)))
                 for part in (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)]
        assert all(len(graph.graph(part)) > 0 for part in parts), publication
        assert (parts[0], None, None) in graph.graph(parts[1]), f"the provenance of {publication} is of something else"
        assert (publication, None, None) in graph.graph(parts[2]), f"the information is not on {publication}"
        asserted += [[term.n3() for term in triple] for triple in graph.graph(parts[0])]
    return {"count": len(heads), "asserted": asserted, **words(graph)}


def annotations():
    document = json.loads((folder / "annotations").read_text(encoding="utf-8"))
    assert document["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    # The part of that context that is used, so that nothing is fetched.
    terms = {name: {"@id": f"oa:{id}", "@type": "@id"} for name, id in
             {"body": "hasBody", "target": "hasTarget", "selector": "hasSelector", "source": "hasSource"}.items()}
    terms |= {name: f"oa:{name}" for name in ("exact", "prefix", "suffix", "start", "end", "TextQuoteSelector",
                                             "TextPositionSelector", "SpecificResource", "Annotation", "TextualBody")}
    names = {"oa": str(OA), "as": "https://www.w3.org/ns/activitystreams#", "dcterms": "http://purl.org/dc/terms/"}
    document["@context"][0] = {
        **names, **terms, "id": "@id", "type": "@type", "label": str(RDFS.label), "value": str(rdflib.RDF.value),
        "AnnotationCollection": "as:OrderedCollection", "AnnotationPage": "as:OrderedCollectionPage",
        "first": {"@id": "as:first", "@type": "@id"}, "total": "as:totalItems",
        "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    }
    graph = rdflib.Dataset()
    graph.parse(data=json.dumps(document), format="json-ld")
    found = {s for s, *_ in graph.quads((None, rdflib.RDF.type, OA.Annotation, None))}
    assert len(found) == document["total"] == len(document["first"]["items"])
    return {"ids": sorted(map(str, found)), **words(graph), "items": document["first"]["items"]}


etree.XMLSchema(etree.parse(schema)).assertValid(etree.parse(folder / "gexf"))
print(json.dumps({
    "graphs": {
        "graphml": network(networkx.read_graphml(folder / "graphml", force_multigraph=True)),
        "gexf": network(networkx.MultiDiGraph(networkx.read_gexf(folder / "gexf", version="1.3"))),
        "cytoscape": network(networkx.cytoscape_graph(json.loads((folder / "cytoscape").read_bytes())), list),
        "csv": tables(),
        "neo4j": neo4j(),
    },
    "rdf": {name: words(rdf(name, format)) for name, format in [
        ("turtle", "turtle"), ("ntriples", "nt11"), ("nquads", "nquads"), ("trig", "trig"), ("rdfxml", "xml"),
        ("jsonld", "json-ld"),
    ]},
    "nanopublications": nanopublications(),
    "annotations": annotations(),
}))
