//! Which values of a pattern the rest of a plan needs. What nobody needs is counted instead of read.

use super::expression::Expr;
use super::plan::{Chain, In, Op, Output, Place, Plan, Slot, Step, TemplatePart};

/// Marks the places of each pattern whose slots are used anywhere else.
pub(super) fn mark(plan: &mut Plan) {
    let mut uses = vec![0_u32; plan.width];
    match &plan.output {
        Output::Select(columns) => columns.iter().for_each(|(_, slot)| uses[*slot] += 1),
        Output::Construct(template) => {
            for part in template.iter().flatten() {
                of_template(part, &mut uses);
            }
        }
        Output::Ask => {}
    }
    of_op(&plan.op, &mut uses);
    mark_op(&mut plan.op, &uses);
}

fn of_template(part: &TemplatePart, uses: &mut [u32]) {
    match part {
        TemplatePart::Slot(slot) => uses[*slot] += 1,
        TemplatePart::Triple(parts) => {
            for part in parts.iter() {
                of_template(part, uses);
            }
        }
        TemplatePart::Term(..) | TemplatePart::Blank(_) => {}
    }
}

fn of_slots(slots: &[Slot], uses: &mut [u32]) {
    for slot in slots {
        uses[*slot] += 1;
    }
}

fn of_op(op: &Op, uses: &mut [u32]) {
    match op {
        Op::Chain(chain) => of_chain(chain, uses),
        Op::Then { inner, chain } => {
            of_op(inner, uses);
            of_chain(chain, uses);
        }
        Op::Group { inner, keys, aggregates, all } => {
            of_op(inner, uses);
            of_slots(keys, uses);
            for (_, aggregate) in aggregates {
                match &aggregate.expr {
                    Some(expr) => of_expr(expr, uses),
                    None if aggregate.distinct => of_slots(all, uses),
                    None => {}
                }
            }
        }
        Op::Sort { inner, keys, .. } => {
            of_op(inner, uses);
            for key in keys {
                of_expr(&key.expr, uses);
            }
        }
        Op::Distinct { inner, slots } => {
            of_op(inner, uses);
            of_slots(slots, uses);
        }
        // What is projected is used by what is around it, if at all.
        Op::Slice { inner, .. } | Op::Project { inner, .. } => of_op(inner, uses),
    }
}

fn of_chain(chain: &Chain, uses: &mut [u32]) {
    let place = |place: &Place, uses: &mut [u32]| {
        if let Some(slot) = place.slot() {
            uses[slot] += 1;
        }
    };
    for node in &chain.nodes {
        match &node.step {
            Step::Triple { places, graph, .. } => {
                for p in places {
                    place(p, uses);
                }
                if let In::Named(name) = graph {
                    place(name, uses);
                }
            }
            Step::TripleTerm { whole, parts } => parts.iter().chain([whole]).for_each(|p| place(p, uses)),
            Step::Path { subject, object, .. } => [subject, object].into_iter().for_each(|p| place(p, uses)),
            Step::Graphs { name } => uses[*name] += 1,
            Step::Filter { expr, .. } => of_expr(expr, uses),
            Step::Bind { slot, expr } => {
                uses[*slot] += 1;
                of_expr(expr, uses);
            }
            Step::Values { slots, .. } => of_slots(slots, uses),
            Step::Union(chains) => {
                for chain in chains {
                    of_chain(chain, uses);
                }
            }
            Step::Optional(chain) => of_chain(chain, uses),
            Step::Table { op, slots, .. } | Step::Minus { op, slots, .. } => {
                of_op(op, uses);
                of_slots(slots, uses);
            }
        }
    }
}

fn of_expr(expr: &Expr, uses: &mut [u32]) {
    match expr {
        Expr::Constant(..) | Expr::Now(_) => {}
        Expr::Slot(slot) | Expr::Bound(slot) => uses[*slot] += 1,
        Expr::And(parts) | Expr::Or(parts) | Expr::Coalesce(parts) | Expr::Call(_, parts, _) => {
            for part in parts {
                of_expr(part, uses);
            }
        }
        Expr::Not(inner) => of_expr(inner, uses),
        Expr::Equal(a, b) | Expr::Same(a, b) | Expr::Compare(a, b, _) | Expr::Arithmetic(_, a, b, _) => {
            of_expr(a, uses);
            of_expr(b, uses);
        }
        Expr::If(a, b, c) => [a, b, c].into_iter().for_each(|part| of_expr(part, uses)),
        Expr::Exists(chain, _) => of_chain(chain, uses),
    }
}

fn mark_op(op: &mut Op, uses: &[u32]) {
    match op {
        Op::Chain(chain) => mark_chain(chain, uses),
        Op::Then { inner, chain } => {
            mark_op(inner, uses);
            mark_chain(chain, uses);
        }
        Op::Group { inner, .. }
        | Op::Sort { inner, .. }
        | Op::Distinct { inner, .. }
        | Op::Slice { inner, .. }
        | Op::Project { inner, .. } => mark_op(inner, uses),
    }
}

fn mark_chain(chain: &mut Chain, uses: &[u32]) {
    for node in &mut chain.nodes {
        match &mut node.step {
            Step::Triple { places, needed, .. } => {
                for (needed, place) in needed.iter_mut().zip(places) {
                    *needed = place.slot().is_some_and(|slot| uses[slot] > 1);
                }
            }
            Step::Union(chains) => chains.iter_mut().for_each(|chain| mark_chain(chain, uses)),
            Step::Optional(chain) => mark_chain(chain, uses),
            Step::Table { op, .. } | Step::Minus { op, .. } => mark_op(op, uses),
            Step::TripleTerm { .. }
            | Step::Path { .. }
            | Step::Graphs { .. }
            | Step::Filter { .. }
            | Step::Bind { .. }
            | Step::Values { .. } => {}
        }
    }
}

impl Op {
    /// Tells a sort that only its first rows are needed.
    pub(super) fn needs_only(&mut self, rows: usize) {
        match self {
            Self::Sort { first, .. } => *first = Some(rows),
            Self::Project { inner, .. } => inner.needs_only(rows),
            _ => {}
        }
    }
}
