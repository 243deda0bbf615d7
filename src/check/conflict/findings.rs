//! What there is to say of conflicts where they are written.

use super::{Conflict, ConflictKind, Exclusions, Side};
use crate::check::usage::Place;
use crate::check::value::short;
use crate::dataset::Dataset;
use crate::diagnostic::{Code, Finding, Location, PathSegment};
use crate::model::{Stance, Statement};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

/// How many sides of a conflict are shown; `factloom conflicts` shows all.
const SHOWN: usize = 8;

/// Reports the conflicts among statements, each at the second statement that takes part in it.
pub(in crate::check) fn report(
    dataset: &Dataset,
    statements: &[Statement],
    places: &[Place],
    findings: &mut Vec<Finding>,
) {
    let conflicts = Exclusions::new(&dataset.vocabulary).conflicts(statements);
    let context = Context { dataset, statements, places };
    findings.extend(conflicts.iter().map(|conflict| context.finding(conflict)));
}

struct Context<'a> {
    dataset: &'a Dataset,
    statements: &'a [Statement],
    places: &'a [Place],
}

impl Context<'_> {
    fn finding(&self, conflict: &Conflict) -> Finding {
        // Of each side the statement that is written first; the sides in the order in which they are written.
        let mut sides: Vec<(usize, &Side)> =
            conflict.sides.iter().filter_map(|side| Some((*side.statements.first()?, side))).collect();
        sides.sort_by_key(|(number, _)| *number);
        let shown: Vec<String> = sides.iter().take(SHOWN).map(|(_, side)| self.says(conflict, side)).collect();
        let and_more = match sides.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (second, _) = sides[1];
        let statement = &self.statements[second];
        let subject = match &statement.triple.subject {
            NamedOrBlankNode::NamedNode(iri) => self.name(&iri.clone().into()),
            NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
        };
        let object = self.name(&statement.triple.object);
        let said = shown.join(", ");
        let predicate = conflict.predicate.as_ref().map(|iri| self.written(iri)).unwrap_or_default();
        let (message, expected, path) = match conflict.kind {
            ConflictKind::Values => (
                format!("there can be one `{predicate}` of {subject}, and facts give several: {said}{and_more}"),
                "one value on which all agree",
                vec!["object".into()],
            ),
            ConflictKind::Qualifiers => (
                format!(
                    "there can be one `{predicate}` of a triple, and facts of this one give several: {said}{and_more}"
                ),
                "one value on which all agree",
                self.qualifier(conflict, statement),
            ),
            ConflictKind::Predicates => (
                format!("{} cannot both hold between {subject} and {object}, and facts say both", shown.join(" and ")),
                "one of the two predicates",
                vec!["predicate".into()],
            ),
            ConflictKind::Denial => (
                format!(
                    "{subject} `{}` {object} is stated as a fact, and denied",
                    // What facts entail may be denied; the claim says what.
                    self.written(&self.statements[conflict.sides[1].statements[0]].triple.predicate)
                ),
                "a fact or its denial",
                Vec::new(),
            ),
        };
        let (file, at) = self.place(second, path);
        let help = "if the sources disagree, let it stand: the graph keeps all sides, and `factloom conflicts` shows \
            them; if not, correct the statements";
        let mut finding = Finding::new(Code::Conflict, file, at, message).label(expected).help(help);
        for (number, side) in sides.iter().take(SHOWN) {
            let (file, at) = self.place(*number, Vec::new());
            finding = finding.related(self.quoted(conflict, *number, side), file, at);
        }
        finding
    }

    /// What a side says, in a few words.
    fn says(&self, conflict: &Conflict, side: &Side) -> String {
        match &side.says {
            Some(term) => self.name(term),
            None if conflict.sides.first() == Some(side) => "stated".to_owned(),
            None => "denied".to_owned(),
        }
    }

    /// What a side says, with the words of a statement that says it.
    fn quoted(&self, conflict: &Conflict, number: usize, side: &Side) -> String {
        let statement = &self.statements[number];
        let says = self.says(conflict, side);
        let mut supporting = statement.evidence.iter().filter(|evidence| evidence.stance == Stance::Supports);
        let words = supporting.find_map(|e| Some((e.quote.as_ref().or(e.note.as_ref())?, &e.source)));
        match words {
            Some((words, source)) => format!("{says}: “{words}” ({source}), `{}`", statement.id),
            None => format!("{says}: `{}`", statement.id),
        }
    }

    /// A value as people write it.
    fn name(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(iri) => match self.dataset.names.entity_id(iri.as_ref()) {
                Some(id) => format!("`{id}`"),
                None => format!("`{}`", short(iri.as_ref(), self.dataset)),
            },
            Term::Literal(literal) => literal.value().to_owned(),
            other => other.to_string(),
        }
    }

    /// The way to the qualifier that a statement is in conflict by, as curators write it.
    fn qualifier(&self, conflict: &Conflict, statement: &Statement) -> Vec<PathSegment> {
        let said: Vec<&Term> = conflict.sides.iter().filter_map(|side| side.says.as_ref()).collect();
        let of_conflict = |q: &&crate::model::Qualifier| {
            conflict.predicate.as_ref() == Some(&q.predicate) || said.contains(&&q.value)
        };
        let qualifier =
            statement.qualifiers.iter().find(of_conflict).map(|qualifier| self.written(&qualifier.predicate));
        ["qualifiers".into()].into_iter().chain(qualifier.as_deref().map(PathSegment::from)).collect()
    }

    /// A predicate as curators write it.
    fn written(&self, predicate: &NamedNode) -> String {
        let name = short(predicate.as_ref(), self.dataset);
        name.strip_prefix("fl:").map_or(name.clone(), str::to_owned)
    }

    fn place(&self, number: usize, path: Vec<PathSegment>) -> (crate::diagnostic::FileId, Location) {
        let (file, record) = self.places[number];
        (file, Location::Value { record, path, key: false })
    }
}
