//! What a triple pattern without a solution could have meant.

use super::asking::Asking;
use super::names::{in_triple, unknown};
use super::{Step, fits, join};
use crate::diagnostic::closest;
use crate::model::{Kind, Statement, vocab};
use crate::query::algebra::in_scope;
use crate::store::{Labels, StoreError};
use oxigraph::model::{Literal, NamedNode, Term, Variable};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// Looks for what is nearly right about a triple pattern that nothing before it fits.
pub(super) fn triple(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &TriplePattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    unknown(asking, in_triple(pattern), hints)?;
    if !hints.is_empty() {
        return Ok(());
    }
    unknown_before(asking, before, pattern, hints)?;
    for turned in turned(pattern) {
        if fits(asking, before, bgp(&turned))? {
            hints.push(format!("turned round it is there: `{}`", asking.show(&turned)));
        }
    }
    claims(asking, before, pattern, hints)?;
    others(asking, before, pattern, hints)?;
    if hints.is_empty() {
        let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else { return Ok(()) };
        if asking.store.count(predicate.as_ref(), None)? == 0 {
            hints.push(format!("no triple of the graph has the predicate `{}`", asking.show(predicate)));
        } else if asking.any(&bgp(pattern))? {
            apart(asking, before, &bgp(pattern), hints)?;
        } else if let TermPattern::NamedNode(subject) = &pattern.subject {
            let said = asking.store.triples_with_subject(subject.as_ref())?.into_iter();
            let predicates: BTreeMap<String, Term> =
                said.map(|t| (t.predicate.to_string(), t.predicate.into())).collect();
            let subject = asking.show(subject);
            hints.push(match predicates.is_empty() {
                true => format!("`{subject}` is the subject of no triple"),
                false => format!("what there is of `{subject}`: {}", asking.some(&predicates)),
            });
        }
    }
    Ok(())
}

fn bgp(pattern: &TriplePattern) -> GraphPattern {
    GraphPattern::Bgp { patterns: vec![pattern.clone()] }
}

/// The pattern with subject and object exchanged, and with those of the triple term in it.
fn turned(pattern: &TriplePattern) -> Vec<TriplePattern> {
    let mut all = Vec::new();
    if !matches!(pattern.object, TermPattern::Literal(_) | TermPattern::Triple(_))
        && !matches!(pattern.subject, TermPattern::Triple(_))
    {
        let (subject, object) = (pattern.object.clone(), pattern.subject.clone());
        all.push(TriplePattern { subject, predicate: pattern.predicate.clone(), object });
    }
    if let TermPattern::Triple(inner) = &pattern.object {
        let inside = turned(inner).into_iter();
        all.extend(
            inside.map(|inner| TriplePattern { object: TermPattern::Triple(Box::new(inner)), ..pattern.clone() }),
        );
    }
    all
}

/// Steps that belong to the one that nothing fits, and fit when they are turned round: a pattern before it, or all steps of a
/// sequence path.
pub(super) fn turned_others(
    asking: &Asking<'_>,
    start: &GraphPattern,
    steps: &[Step],
    at: usize,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    let all = |steps: &mut dyn Iterator<Item = Step>| steps.fold(start.clone(), |before, step| step.after(&before));
    for (place, step) in steps.iter().enumerate().take(at.min(MOST_TURNED)) {
        let Step::Triple(pattern) = step else { continue };
        for turned in turned(pattern) {
            let mut others = steps[..=at].to_vec();
            others[place] = Step::Triple(turned.clone());
            if asking.any(&all(&mut others.into_iter()))? {
                let (pattern, turned) = (asking.show(pattern), asking.show(&turned));
                hints.push(format!("it fits once `{pattern}` before it is turned round: `{turned}`"));
            }
        }
    }
    // The steps of a sequence path are linked by blank nodes.
    let linked = |at: usize| match (ends(&steps[at]), steps.get(at + 1).and_then(ends)) {
        (Some((_, TermPattern::BlankNode(one))), Some((TermPattern::BlankNode(other), _))) => one == other,
        _ => false,
    };
    let from = (0..at).rev().take_while(|place| linked(*place)).last().unwrap_or(at);
    let until = (at..steps.len()).find(|place| !linked(*place)).unwrap_or(at);
    if from < until
        && let (Some((subject, _)), Some((_, object))) = (ends(&steps[from]), ends(&steps[until]))
    {
        let mut others = steps[..=until].to_vec();
        set_ends(&mut others[from], Some(object), None);
        set_ends(&mut others[until], None, Some(subject));
        if asking.any(&all(&mut others.into_iter()))? {
            let (subject, object) = (asking.show(subject), asking.show(object));
            hints.push(format!("turned round the path is there: from `{object}` to `{subject}`"));
        }
    }
    Ok(())
}

/// So many patterns before one are tried the other way.
const MOST_TURNED: usize = 50;

fn ends(step: &Step) -> Option<(&TermPattern, &TermPattern)> {
    match step {
        Step::Triple(triple) => Some((&triple.subject, &triple.object)),
        Step::Path(GraphPattern::Path { subject, object, .. }) => Some((subject, object)),
        _ => None,
    }
}

fn set_ends(step: &mut Step, from: Option<&TermPattern>, to: Option<&TermPattern>) {
    let (subject, object) = match step {
        Step::Triple(triple) => (&mut triple.subject, &mut triple.object),
        Step::Path(GraphPattern::Path { subject, object, .. }) => (subject, object),
        _ => return,
    };
    subject.clone_from(from.unwrap_or(&subject.clone()));
    object.clone_from(to.unwrap_or(&object.clone()));
}

/// IRIs that the variables of a pattern have before it, and that the graph does not know: those of a VALUES, say.
fn unknown_before(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &TriplePattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    for variable in shared(before, &bgp(pattern)) {
        let values = asking.values(before, &variable)?.into_values().take(10);
        let iris = values.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None });
        unknown(asking, iris.collect(), hints)?;
    }
    Ok(())
}

/// The variables that two patterns both may give values to.
fn shared(before: &GraphPattern, pattern: &GraphPattern) -> Vec<Variable> {
    let (mut one, mut other) = (BTreeSet::new(), BTreeSet::new());
    in_scope(before, &mut one);
    in_scope(pattern, &mut other);
    one.intersection(&other).cloned().collect()
}

/// Statements that say what is asked for and do not put it into the graph, or not in the kind that is asked for.
fn claims(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &TriplePattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    let reifies = NamedNodePattern::from(vocab::rdf::REIFIES.into_owned());
    if pattern.predicate == reifies {
        let TermPattern::Variable(statement) = &pattern.subject else { return Ok(()) };
        if !asking.any(&bgp(pattern))? {
            return Ok(());
        }
        for found in statements(asking, &bgp(pattern), statement)? {
            hints.push(format!(
                "there is such a statement, but another one than those before: {}",
                said(asking, &found)?
            ));
        }
        return Ok(());
    }
    let claim = asking.fresh("claim");
    let kind = |kind: NamedNode| TriplePattern {
        subject: claim.clone().into(),
        predicate: vocab::rdf::TYPE.into_owned().into(),
        object: kind.into(),
    };
    let reified = TriplePattern {
        subject: claim.clone().into(),
        predicate: reifies,
        object: TermPattern::Triple(Box::new(pattern.clone())),
    };
    if matches!(pattern.subject, TermPattern::Literal(_) | TermPattern::Triple(_)) {
        return Ok(());
    }
    let claimed = GraphPattern::Bgp { patterns: vec![kind(vocab::fl::CLAIM.into_owned()), reified] };
    let with = join(before, claimed.clone());
    let found = statements(asking, &with, &claim)?;
    let alone = found.is_empty() && !asking.any(&bgp(pattern))?;
    let found = if alone { statements(asking, &claimed, &claim)? } else { found };
    for claim in &found {
        hints.push(format!("only a claim says so: {}", said(asking, claim)?));
    }
    if !found.is_empty() {
        hints.push(format!("ask for claims: `?claim a fl:Claim ; rdf:reifies <<( {} )>>`", asking.show(pattern)));
    }
    Ok(())
}

/// Up to three statements among the values of a variable.
fn statements(asking: &Asking<'_>, pattern: &GraphPattern, variable: &Variable) -> Result<Vec<Statement>, StoreError> {
    let mut found = Vec::new();
    for value in asking.values(pattern, variable)?.into_values() {
        let Term::NamedNode(node) = value else { continue };
        let id = asking.store.names().statement_id(node.as_ref());
        found.extend(id.map(|id| asking.store.statement(&id)).transpose()?.flatten());
        if found.len() == 3 {
            break;
        }
    }
    Ok(found)
}

/// A statement as a sentence, with its kind.
fn said(asking: &Asking<'_>, statement: &Statement) -> Result<String, StoreError> {
    let labels = Labels::new(asking.store, &asking.store.metadata().language);
    let kind = match &statement.kind {
        Kind::Claim(claim) => format!("claim, {}", claim.status.as_str()),
        Kind::Inference(derivation) => format!("inference, rule {}", derivation.rule),
        Kind::Fact => "fact".to_owned(),
    };
    Ok(format!("“{}” ({kind}, `{}`)", labels.sentence(&statement.triple)?, statement.id))
}

/// What stands in the place of an object that is named, or of one in a triple term.
fn others(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &TriplePattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    let open = asking.fresh("object");
    let Some((named, asked)) = opened(pattern, &open) else { return Ok(()) };
    let fitting = asking.values(&join(before, bgp(&asked)), &open)?;
    let values = if fitting.is_empty() { asking.values(&bgp(&asked), &open)? } else { fitting };
    if values.is_empty() {
        return Ok(());
    }
    let labels = Labels::new(asking.store, &asking.store.metadata().language);
    match &named {
        TermPattern::Literal(literal) => {
            if let Some(hint) = like(asking, literal, &values.values()) {
                hints.push(hint);
            } else if let Ok(entity) = labels.find(literal.value())
                && values.values().any(|value| matches!(value, Term::NamedNode(_)))
            {
                let entity = asking.show(&entity);
                hints.push(format!("“{}” is the label of `{entity}`: name that", literal.value()));
            }
        }
        TermPattern::NamedNode(iri) if values.values().all(|value| matches!(value, Term::Literal(_))) => {
            if let Some(label) = labels.get(iri)? {
                let label = Literal::new_simple_literal(&*label);
                if let Some(hint) = like(asking, &label, &values.values()) {
                    hints.push(format!("a text stands there, not a thing: {hint}"));
                }
            }
        }
        _ => {}
    }
    if hints.is_empty() && !values.contains_key(&named.to_string()) {
        let asked = asking.show(&asked).replace(&open.to_string(), "…");
        hints.push(format!("in `{asked}` there is {}", asking.some(&values)));
    }
    Ok(())
}

/// A pattern with a variable in place of the object that it names, or that a triple term in it names; and that object.
fn opened(pattern: &TriplePattern, open: &Variable) -> Option<(TermPattern, TriplePattern)> {
    match &pattern.object {
        TermPattern::Literal(_) | TermPattern::NamedNode(_) => {
            let asked = TriplePattern { object: open.clone().into(), ..pattern.clone() };
            Some((pattern.object.clone(), asked))
        }
        TermPattern::Triple(inner) => {
            let (named, inner) = opened(inner, open)?;
            Some((named, TriplePattern { object: TermPattern::Triple(Box::new(inner)), ..pattern.clone() }))
        }
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => None,
    }
}

/// A literal among some that says nearly the same as another.
pub(super) fn like<'a>(
    asking: &Asking<'_>,
    wanted: &Literal,
    among: &(impl Iterator<Item = &'a Term> + Clone),
) -> Option<String> {
    let literals = || among.clone().filter_map(|term| if let Term::Literal(l) = term { Some(l) } else { None });
    let shown = asking.show(wanted);
    if literals().any(|literal| literal == wanted) {
        return None;
    }
    if let Some(same) = literals().find(|literal| literal.value() == wanted.value()) {
        let how = match (same.language(), wanted.language()) {
            (one, other) if one != other => "another language",
            _ => "another datatype",
        };
        return Some(format!("the graph has `{}`, which is of {how} than `{shown}`", asking.show(same)));
    }
    let folded = wanted.value().to_lowercase();
    if let Some(same) = literals().find(|literal| literal.value().to_lowercase() == folded) {
        return Some(format!("the graph has `{}`, in another letter case", asking.show(same)));
    }
    if wanted.value().parse::<f64>().is_ok() {
        // Another number is no misspelling of it.
        return None;
    }
    let near = closest(wanted.value(), literals().map(Literal::value))?;
    let near = literals().find(|literal| literal.value() == near)?;
    Some(format!("did you mean `{}`?", asking.show(near)))
}

/// Says that a pattern has solutions, but none that fit those before it.
pub(super) fn apart(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &GraphPattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    if !asking.any(pattern)? || !asking.any(before)? {
        return Ok(());
    }
    let shared = shared(before, pattern);
    if shared.is_empty() {
        return Ok(());
    }
    hints.push("alone it has solutions, but none that fits those before it".to_owned());
    for variable in shared {
        let (one, other) = (asking.values(before, &variable)?, asking.values(pattern, &variable)?);
        if !one.is_empty() && !other.is_empty() && !one.keys().any(|value| other.contains_key(value)) {
            let (one, other) = (asking.some(&one), asking.some(&other));
            hints.push(format!("`{variable}` is {one} before it, and {other} in it"));
        }
    }
    Ok(())
}

/// Whether a path has solutions when it is gone the other way.
pub(super) fn turned_path(
    asking: &Asking<'_>,
    before: &GraphPattern,
    pattern: &GraphPattern,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    let GraphPattern::Path { subject, path, object } = pattern else { return Ok(()) };
    let turned = GraphPattern::Path { subject: object.clone(), path: path.clone(), object: subject.clone() };
    if fits(asking, before, turned)? {
        let (subject, path, object) = (asking.show(object), asking.show(&written(path)), asking.show(subject));
        hints.push(format!("turned round it is there: `{subject} {path} {object}`"));
    }
    Ok(())
}

/// A path as people write it: a predicate alone needs no brackets.
fn written(path: &PropertyPathExpression) -> String {
    use PropertyPathExpression as P;
    let (inner, sign) = match path {
        P::ZeroOrMore(inner) => (inner, '*'),
        P::OneOrMore(inner) => (inner, '+'),
        P::ZeroOrOne(inner) => (inner, '?'),
        other => return other.to_string(),
    };
    match &**inner {
        P::NamedNode(predicate) => format!("{predicate}{sign}"),
        other => format!("({other}){sign}"),
    }
}
