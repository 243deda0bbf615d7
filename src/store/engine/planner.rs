//! Plans the algebra of a query.
//!
//! A pattern runs with the bindings of what it is joined with, as long as that cannot change its solutions. If an
//! expression, an OPTIONAL or a MINUS inside it would see a binding that it must not see, the pattern becomes a standalone
//! operator and is joined by a table.

use super::bindings::{accepts_bindings, add_always_bound, always_bound_slots, current_solution};
use super::builtin::ResolveIri;
use super::computed_terms::ComputedTerms;
use super::plan::{
    Context, NO_TERM, Operator, OperatorKind, PatternTerm, Pipeline, PlannedStep, Slot, Step, TableIndex,
};
use super::plan_expression::bind_label;
use super::variables::{self, Variables};
use crate::model::{conjuncts, has_exists, union_branches};
use crate::store::compiled::{CompiledGraph, Id};
use crate::store::{GraphError, StoreError};
use oxigraph::model::{Term, TermRef};
use oxigraph::sparql::QueryEvaluationError;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::NamedNodePattern;
use std::collections::{BTreeMap, BTreeSet};

/// Why a query has no plan.
pub(super) enum PlanError {
    /// It calls a function or a service that does not exist.
    Unsupported(QueryEvaluationError),
    Graph(GraphError),
}

impl From<PlanError> for StoreError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Unsupported(error) => error.into(),
            PlanError::Graph(error) => error.into(),
        }
    }
}

impl From<GraphError> for PlanError {
    fn from(error: GraphError) -> Self {
        Self::Graph(error)
    }
}

pub(super) type Result<T> = std::result::Result<T, PlanError>;

pub(super) struct Planner<'a> {
    pub(super) graph: &'a CompiledGraph,
    pub(super) computed: ComputedTerms,
    /// The slots of the variables in scope, by name.
    pub(super) scope: BTreeMap<String, Slot>,
    pub(super) slot_names: Vec<String>,
    pub(super) table_count: usize,
    pub(super) exists_count: usize,
    /// Resolves IRIs against the base of the query, if it has one.
    pub(super) resolve_iri: Option<ResolveIri>,
    /// The name of the graph that patterns match; `None` is the default graph.
    pub(super) graph_name: Option<PatternTerm>,
    /// The slots of names of graphs that are not those of a variable.
    hidden_graph_names: BTreeSet<Slot>,
    /// Whether the values of the row replace the variables everywhere in the pattern, as in EXISTS.
    pub(super) substitutes: bool,
    /// The slots whose values standalone operators also see.
    pub(super) substituted: Vec<Slot>,
    /// The slot of the number of the current solution, if it has one.
    solution: Option<Slot>,
    /// The slots that are bound before the current pipeline.
    outer_bound: BTreeSet<Slot>,
    /// The estimated number of rows before the current pipeline.
    outer_rows: f64,
}

impl<'a> Planner<'a> {
    pub(super) fn new(graph: &'a CompiledGraph, resolve_iri: Option<ResolveIri>) -> Self {
        Self {
            graph,
            computed: ComputedTerms::default(),
            scope: BTreeMap::new(),
            slot_names: Vec::new(),
            table_count: 0,
            exists_count: 0,
            resolve_iri,
            graph_name: None,
            hidden_graph_names: BTreeSet::new(),
            substitutes: false,
            substituted: Vec::new(),
            solution: None,
            outer_bound: BTreeSet::new(),
            outer_rows: 1.0,
        }
    }

    pub(super) fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.scope.get(name) {
            return *slot;
        }
        let slot = self.new_slot(name.to_owned());
        self.scope.insert(name.to_owned(), slot);
        slot
    }

    pub(super) fn new_slot(&mut self, name: String) -> Slot {
        self.slot_names.push(name);
        self.slot_names.len() - 1
    }

    /// The slot of the number of the solution in which an expression is evaluated.
    pub(super) fn solution_slot(&mut self) -> Slot {
        if let Some(slot) = self.solution {
            return slot;
        }
        let slot = self.new_solution_slot();
        self.solution = Some(slot);
        slot
    }

    fn new_solution_slot(&mut self) -> Slot {
        self.new_slot(format!("_:solution{}", self.slot_names.len()))
    }

    /// Numbers the solutions after some steps.
    fn number_solutions(&self, slot: Slot, out: &mut Pipeline) {
        let label = "number the solutions".to_owned();
        out.push(PlannedStep { step: Step::Solution(slot), estimate: self.rows_after(out), label });
    }

    pub(super) fn slots(&mut self, names: &Variables) -> Vec<Slot> {
        names.iter().map(|name| self.slot(name)).collect()
    }

    /// The id of a term; that of a computed term if the graph does not contain it.
    pub(super) fn term_id(&mut self, term: Term) -> Result<Id> {
        Ok(self.computed.id_of(self.graph, term)?)
    }

    pub(super) fn constant(&self, term: TermRef<'_>) -> Result<PatternTerm> {
        Ok(PatternTerm::Constant(self.graph.id_of(term)?.unwrap_or(NO_TERM)))
    }

    pub(super) fn name(&mut self, name: &NamedNodePattern) -> Result<PatternTerm> {
        match name {
            NamedNodePattern::NamedNode(node) => self.constant(node.as_ref().into()),
            NamedNodePattern::Variable(variable) => Ok(PatternTerm::Slot(self.slot(variable.as_str()))),
        }
    }

    /// The operator for the solutions of a pattern.
    pub(super) fn operator(&mut self, pattern: &GraphPattern) -> Result<Operator> {
        let (kind, input) = match pattern {
            GraphPattern::Project { inner, variables } => {
                // Only projected variables are in scope outside.
                let projected: Vec<(String, Slot)> =
                    variables.iter().map(|v| (v.as_str().to_owned(), self.slot(v.as_str()))).collect();
                let outer = std::mem::replace(&mut self.scope, projected.iter().cloned().collect());
                let input = self.operator(inner);
                self.scope = outer;
                (OperatorKind::Project(projected.into_iter().map(|(_, slot)| slot).collect()), input?)
            }
            GraphPattern::Distinct { inner } => {
                let slots = self.slots(&variables::possibly_bound(inner));
                (OperatorKind::Distinct(slots), self.operator(inner)?)
            }
            GraphPattern::Reduced { inner } => return self.operator(inner),
            GraphPattern::Slice { inner, start, length } => {
                let mut input = self.operator(inner)?;
                if let Some(length) = length {
                    limit_sort(&mut input, start.saturating_add(*length));
                }
                (OperatorKind::Slice { start: *start, length: *length }, input)
            }
            GraphPattern::OrderBy { inner, expression } => {
                let visible = variables::possibly_bound(inner);
                let input = self.operator(inner)?;
                let keys = expression.iter().map(|key| self.sort_key(key, &visible)).collect::<Result<_>>()?;
                (OperatorKind::Sort { keys, limit: None }, input)
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                let (visible, always_bound) = (variables::possibly_bound(inner), variables::always_bound(inner));
                let input = self.operator(inner)?;
                let slots = self.slots(&visible);
                let keys = variables.iter().map(|v| self.slot(v.as_str())).collect();
                let mut planned = Vec::with_capacity(aggregates.len());
                for (variable, aggregate) in aggregates {
                    let aggregate = self.aggregate(aggregate, &visible, &always_bound)?;
                    planned.push((self.slot(variable.as_str()), aggregate));
                }
                (OperatorKind::Group { keys, aggregates: planned, slots }, input)
            }
            _ => {
                let mut pipeline = Pipeline::new();
                self.extend(pattern, &Variables::new(), &mut pipeline)?;
                // The rows of a first join need no table: they become the input of the other steps.
                if matches!(pipeline.first(), Some(PlannedStep { step: Step::Join { .. }, .. }))
                    && let Step::Join { operator, .. } = pipeline.remove(0).step
                {
                    return Ok(match pipeline.is_empty() {
                        true => *operator,
                        false => Operator::new(OperatorKind::Pipeline(pipeline), *operator),
                    });
                }
                return Ok(Operator::pipeline(pipeline));
            }
        };
        Ok(Operator::new(kind, input))
    }

    /// Adds the steps for the solutions of a pattern to a pipeline whose rows may bind `bound`.
    pub(super) fn extend(&mut self, pattern: &GraphPattern, bound: &Variables, out: &mut Pipeline) -> Result<()> {
        if !self.substitutes && !accepts_bindings(pattern, bound) {
            return self.join(pattern, out);
        }
        let mut steps = Vec::new();
        if self.reorderable_steps(pattern, &mut steps)? {
            return self.add_in_order(steps, bound, out);
        }
        let (step, estimate, label) = match pattern {
            GraphPattern::Join { left, right } => {
                self.extend(left, bound, out)?;
                let bound = bound | &variables::possibly_bound(left);
                return self.extend(right, &bound, out);
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                self.extend(left, bound, out)?;
                let bound = bound | &variables::possibly_bound(left);
                let mut optional = self.nested(right, &bound, out)?;
                let rows = self.rows_after(out);
                if let Some(expression) = expression {
                    let visible = &bound | &variables::possibly_bound(right);
                    let rows = optional.last().map_or(rows, |last| last.estimate);
                    optional.push(self.filter(expression, &visible, rows)?);
                }
                let rows = optional.last().map_or(rows, |last| last.estimate.max(rows));
                (Step::Optional(optional), rows, "optional".to_owned())
            }
            GraphPattern::Filter { expr, inner } => {
                let start = out.len();
                self.extend(inner, bound, out)?;
                let visible = bound | &variables::possibly_bound(inner);
                for condition in conjuncts(expr) {
                    let index = start + self.filter_index(condition, &out[start..]);
                    let filter = self.filter(condition, &visible, self.rows_after(&out[..index]))?;
                    match &filter.step {
                        Step::Filter { expr, .. } if expr.is_volatile() => self.add_volatile_filter(filter, out),
                        _ => out.insert(index, filter),
                    }
                }
                return Ok(());
            }
            GraphPattern::Union { .. } => {
                let branches = union_branches(pattern).into_iter().map(|branch| self.nested(branch, bound, out));
                let branches = branches.collect::<Result<Vec<_>>>()?;
                let rows = self.rows_after(out);
                let rows = branches.iter().map(|branch| branch.last().map_or(rows, |last| last.estimate)).sum();
                (Step::Union(branches), rows, "union".to_owned())
            }
            GraphPattern::Extend { inner, variable, expression } => {
                self.extend(inner, bound, out)?;
                let visible = bound | &variables::possibly_bound(inner);
                // The expressions of one solution share its number.
                let numbered = current_solution(out);
                self.solution = numbered;
                let expr = self.expression(expression, &visible);
                let used = self.solution.take();
                let expr = expr?;
                if numbered.is_none() && expr.is_volatile() {
                    let slot = used.unwrap_or_else(|| self.new_solution_slot());
                    self.number_solutions(slot, out);
                }
                let slot = self.slot(variable.as_str());
                (Step::Bind { slot, expr }, self.rows_after(out), bind_label(expression, variable))
            }
            GraphPattern::Minus { left, right } => {
                self.extend(left, bound, out)?;
                let shared = &variables::possibly_bound(left) & &variables::possibly_bound(right);
                let keys = &variables::always_bound(left) & &variables::always_bound(right);
                if shared.is_empty() {
                    return Ok(());
                }
                let (operator, context) = self.standalone(right)?;
                let (slots, keys) = (self.slots(&shared), self.slots(&keys));
                let step = Step::Minus { table: self.new_table(), operator: Box::new(operator), slots, keys, context };
                (step, self.rows_after(out), "minus".to_owned())
            }
            GraphPattern::Graph { name, inner } => return self.extend_in_graph(name, inner, bound, out),
            GraphPattern::Project { .. }
            | GraphPattern::Distinct { .. }
            | GraphPattern::Reduced { .. }
            | GraphPattern::Slice { .. }
            | GraphPattern::OrderBy { .. }
            | GraphPattern::Group { .. } => return self.join(pattern, out),
            GraphPattern::Service { name, silent: false, .. } => {
                return Err(PlanError::Unsupported(match name {
                    NamedNodePattern::NamedNode(name) => QueryEvaluationError::UnsupportedService(name.clone()),
                    NamedNodePattern::Variable(_) => QueryEvaluationError::UnboundService,
                }));
            }
            GraphPattern::Lateral { left, right } => {
                self.extend(left, bound, out)?;
                let bound = bound | &variables::possibly_bound(left);
                return self.substituting(right, &bound, |planner| planner.extend(right, &bound, out));
            }
            // A service that fails silently has one solution without bindings. The steps of the others are added above.
            GraphPattern::Service { silent: true, .. }
            | GraphPattern::Bgp { .. }
            | GraphPattern::Path { .. }
            | GraphPattern::Values { .. } => return Ok(()),
        };
        out.push(PlannedStep { step, estimate, label });
        Ok(())
    }

    /// Plans a pattern in which the values of the row replace the variables in `visible`, also in standalone operators.
    pub(super) fn substituting<T>(
        &mut self,
        pattern: &GraphPattern,
        visible: &Variables,
        plan: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let mut names = variables::possibly_bound(pattern);
        variables::add_from_inner_expressions(pattern, &mut names);
        let slots = self.slots(&(visible & &names));
        let outer = (self.substitutes, self.substituted.clone());
        self.substitutes = true;
        self.substituted.extend(slots);
        let result = plan(self);
        (self.substitutes, self.substituted) = outer;
        result
    }

    /// The pipeline of a pattern inside a step that follows `before`.
    pub(super) fn nested(
        &mut self,
        pattern: &GraphPattern,
        bound: &Variables,
        before: &[PlannedStep],
    ) -> Result<Pipeline> {
        let inner_bound = self.bound_after(before);
        let inner_rows = self.rows_after(before);
        let outer_bound = std::mem::replace(&mut self.outer_bound, inner_bound);
        let outer_rows = std::mem::replace(&mut self.outer_rows, inner_rows);
        let mut pipeline = Pipeline::new();
        let result = self.extend(pattern, bound, &mut pipeline);
        (self.outer_bound, self.outer_rows) = (outer_bound, outer_rows);
        result.map(|()| pipeline)
    }

    /// The estimated number of rows after some steps.
    pub(super) fn rows_after(&self, steps: &[PlannedStep]) -> f64 {
        steps.last().map_or(self.outer_rows, |last| last.estimate)
    }

    /// The slots that are always bound after some steps.
    pub(super) fn bound_after(&self, steps: &[PlannedStep]) -> BTreeSet<Slot> {
        &always_bound_slots(steps) | &self.outer_bound
    }

    pub(super) fn new_table(&mut self) -> TableIndex {
        self.table_count += 1;
        self.table_count - 1
    }

    /// The operator of a pattern that sees no bindings of what it is joined with, except those of its context.
    fn standalone(&mut self, pattern: &GraphPattern) -> Result<(Operator, Context)> {
        let outer_bound = std::mem::take(&mut self.outer_bound);
        let outer_rows = std::mem::replace(&mut self.outer_rows, 1.0);
        let mut context: Context = self.substituted.iter().map(|slot| (*slot, *slot)).collect();
        let graph_name = self.graph_name;
        if let Some(PatternTerm::Slot(slot)) = graph_name {
            // Inside, the variable of the name is another one.
            let inner = match self.hidden_graph_names.contains(&slot) {
                true => slot,
                false => self.new_slot(format!("_:graph{}", self.slot_names.len())),
            };
            self.hidden_graph_names.insert(inner);
            context.push((slot, inner));
            self.graph_name = Some(PatternTerm::Slot(inner));
        }
        let operator = self.operator(pattern);
        self.graph_name = graph_name;
        (self.outer_bound, self.outer_rows) = (outer_bound, outer_rows);
        Ok((operator?, context))
    }

    /// Adds a filter that depends on more than the values of a solution.
    fn add_volatile_filter(&mut self, filter: PlannedStep, out: &mut Pipeline) {
        if current_solution(out).is_none() {
            let slot = self.new_solution_slot();
            self.number_solutions(slot, out);
        }
        out.push(filter);
    }

    /// Adds a join with the rows of a standalone pattern.
    fn join(&mut self, pattern: &GraphPattern, out: &mut Pipeline) -> Result<()> {
        let (operator, context) = self.standalone(pattern)?;
        let always_bound = self.slots(&variables::always_bound(pattern));
        let bound = self.bound_after(out);
        let keys = always_bound.iter().copied().filter(|slot| bound.contains(slot)).collect();
        let step = self.join_step(operator, keys, always_bound, context);
        let label = self.label(&step)?;
        out.push(PlannedStep { step, estimate: self.rows_after(out) * 10.0, label });
        Ok(())
    }

    pub(super) fn join_step(
        &mut self,
        operator: Operator,
        keys: Vec<Slot>,
        always_bound: Vec<Slot>,
        context: Context,
    ) -> Step {
        let (table, slots) = (self.new_table(), operator.slots());
        Step::Join { table, operator: Box::new(operator), slots, keys, always_bound, context }
    }

    fn extend_in_graph(
        &mut self,
        name: &NamedNodePattern,
        inner: &GraphPattern,
        bound: &Variables,
        out: &mut Pipeline,
    ) -> Result<()> {
        let mut bound = bound.clone();
        let name_term = self.name(name)?;
        // A graph without triples does not exist, and nothing matches inside of it, not even an empty pattern.
        if let PatternTerm::Constant(id) = name_term
            && !self.graph.named().graphs()?.contains(&id)
        {
            let (step, label) = (Step::Values { slots: Vec::new(), rows: Vec::new() }, format!("no graph {name}"));
            out.push(PlannedStep { step, estimate: 0.0, label });
            return Ok(());
        }
        // Triple patterns bind the name themselves; anything else runs once for each graph.
        if let (NamedNodePattern::Variable(variable), PatternTerm::Slot(slot)) = (name, name_term)
            && !matches!(inner, GraphPattern::Bgp { patterns } if !patterns.is_empty())
        {
            let label = format!("each graph {variable}");
            let estimate = self.rows_after(out) * 10.0;
            out.push(PlannedStep { step: Step::NamedGraphs(slot), estimate, label });
            bound.insert(variable.as_str().to_owned());
        }
        let outer = self.graph_name.replace(name_term);
        let result = self.extend(inner, &bound, out);
        self.graph_name = outer;
        result
    }

    /// The index of the first of some steps before which a filter can run: when all its variables are bound. A filter with
    /// EXISTS, or with a variable that may stay unbound, runs last.
    fn filter_index(&mut self, condition: &Expression, steps: &[PlannedStep]) -> usize {
        let mut names = Variables::new();
        variables::add_from_expression(condition, &mut names);
        let slots = self.slots(&names);
        if has_exists(condition) {
            return steps.len();
        }
        let mut bound = BTreeSet::new();
        let binds_last = steps.iter().position(|PlannedStep { step, .. }| {
            add_always_bound(step, &mut bound);
            slots.iter().all(|slot| bound.contains(slot))
        });
        binds_last.map_or(steps.len(), |index| index + 1)
    }
}

/// Tells a sort how many of its first rows are needed.
fn limit_sort(operator: &mut Operator, rows: usize) {
    match (&mut operator.kind, &mut operator.input) {
        (OperatorKind::Sort { limit, .. }, _) => *limit = Some(rows),
        (OperatorKind::Project(_), Some(input)) => limit_sort(input, rows),
        _ => {}
    }
}
