//! Finds out which values of a pattern the rest of a plan uses. The others are counted, not read.

use super::expression::Expr;
use super::plan::{Operator, OperatorKind, Output, Pipeline, Plan, PlannedStep, Slot, Step, TemplateTerm};

/// Marks the terms of each triple pattern that occur anywhere else in the plan.
pub(super) fn mark_used_terms(plan: &mut Plan) {
    let mut uses = Uses(vec![0; plan.row_width]);
    match &plan.output {
        Output::Select(columns) => columns.iter().for_each(|(_, slot)| uses.add(*slot)),
        Output::Construct(template) => template.iter().flatten().for_each(|term| uses.add_template_term(term)),
        Output::Describe(slots) => slots.iter().for_each(|slot| uses.add(*slot)),
        Output::Ask => {}
    }
    uses.add_operator(&plan.root);
    mark_operator(&mut plan.root, &uses);
}

/// How often each slot occurs in the plan.
struct Uses(Vec<u32>);

impl Uses {
    fn add(&mut self, slot: Slot) {
        self.0[slot] += 1;
    }

    fn add_all(&mut self, slots: impl IntoIterator<Item = Slot>) {
        slots.into_iter().for_each(|slot| self.add(slot));
    }

    fn add_template_term(&mut self, term: &TemplateTerm) {
        match term {
            TemplateTerm::Slot(slot) => self.add(*slot),
            TemplateTerm::Triple(terms) => terms.iter().for_each(|term| self.add_template_term(term)),
            TemplateTerm::Constant(..) | TemplateTerm::Blank(_) => {}
        }
    }

    fn add_operator(&mut self, operator: &Operator) {
        match &operator.kind {
            OperatorKind::Pipeline(pipeline) => self.add_pipeline(pipeline),
            OperatorKind::Group { keys, aggregates, slots } => {
                self.add_all(keys.iter().copied());
                for (_, aggregate) in aggregates {
                    match &aggregate.expr {
                        Some(expr) => self.add_expr(expr),
                        None if aggregate.distinct => self.add_all(slots.iter().copied()),
                        None => {}
                    }
                }
            }
            OperatorKind::Sort { keys, .. } => keys.iter().for_each(|key| self.add_expr(&key.expr)),
            OperatorKind::Distinct(slots) => self.add_all(slots.iter().copied()),
            // A projected slot is used only if something outside uses it.
            OperatorKind::Slice { .. } | OperatorKind::Project(_) => {}
        }
        if let Some(input) = &operator.input {
            self.add_operator(input);
        }
    }

    fn add_pipeline(&mut self, pipeline: &Pipeline) {
        for PlannedStep { step, .. } in pipeline {
            self.add_all(step.pattern_slots());
            match step {
                Step::Filter { expr, .. } => self.add_expr(expr),
                Step::Bind { slot, expr } => {
                    self.add(*slot);
                    self.add_expr(expr);
                }
                Step::Union(branches) => branches.iter().for_each(|branch| self.add_pipeline(branch)),
                Step::Optional(pipeline) => self.add_pipeline(pipeline),
                Step::Join { operator, slots, context, .. } | Step::Minus { operator, slots, context, .. } => {
                    self.add_operator(operator);
                    self.add_all(slots.iter().copied());
                    self.add_all(context.iter().flat_map(|(from, to)| [*from, *to]));
                }
                _ => {}
            }
        }
    }

    fn add_expr(&mut self, expr: &Expr) {
        expr.for_each_part(&mut |part| match part {
            Expr::Slot(slot) | Expr::Bound(slot) => self.add(*slot),
            Expr::Exists(pipeline, _) => self.add_pipeline(pipeline),
            _ => {}
        });
    }
}

fn mark_operator(operator: &mut Operator, uses: &Uses) {
    if let OperatorKind::Pipeline(pipeline) = &mut operator.kind {
        mark_pipeline(pipeline, uses);
    }
    if let Some(input) = &mut operator.input {
        mark_operator(input, uses);
    }
}

fn mark_pipeline(pipeline: &mut Pipeline, uses: &Uses) {
    for PlannedStep { step, .. } in pipeline {
        match step {
            Step::Triple { terms, used, .. } => {
                *used = terms.map(|term| term.slot().is_some_and(|slot| uses.0[slot] > 1));
            }
            Step::Union(branches) => branches.iter_mut().for_each(|branch| mark_pipeline(branch, uses)),
            Step::Optional(pipeline) => mark_pipeline(pipeline, uses),
            Step::Join { operator, .. } | Step::Minus { operator, .. } => mark_operator(operator, uses),
            _ => {}
        }
    }
}
