//! Verifies in memory that a renamed dataset has the same findings and results, apart from the name.

use super::golden::GoldenTexts;
use super::names::Names;
use super::{Plan, RenameError, RenameOptions};
use crate::check::CheckOptions;
use crate::dataset::{DatasetRoot, Files, GoldenFiles};
use crate::diagnostic::{Code, Findings};
use crate::model::{TokenKind, tokenize};
use crate::project::{CacheLocation, OnStage, Project, ProjectCheck, ProjectOptions, Stage, compile};
use crate::query::check_queries;
use crate::report::{GoldenReport, GoldenTest, golden};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// A dataset as it was checked and built.
struct Inspection {
    findings: Findings,
    files: Files,
    /// The graph; `None` if the dataset has errors, or if no graph is needed.
    store: Option<Store>,
}

impl Inspection {
    fn new(
        root: &DatasetRoot,
        options: &RenameOptions<'_>,
        needs_graph: bool,
        on_stage: OnStage<'_>,
    ) -> Result<Self, RenameError> {
        let project_options =
            ProjectOptions { read: options.read.clone(), cache: CacheLocation::None, ..ProjectOptions::default() };
        let mut project = Project::open(root.clone(), project_options);
        let ProjectCheck { dataset, files, mut findings } = project.check(&CheckOptions::default(), on_stage);
        let mut store = None;
        if let Some((dataset, checked)) = dataset {
            if needs_graph || !dataset.rules.is_empty() {
                on_stage(Stage::Building);
                store = Some(compile(dataset, &checked, &options.rules, &mut findings)?);
            } else {
                findings.append(&mut check_queries(dataset, None));
            }
        }
        let limited = |store: Store| options.limited.map_or_else(|| store.clone(), |limit| limit(&store));
        let store = store.filter(|_| !findings.has_errors()).map(limited);
        Ok(Self { files: files.clone(), findings, store })
    }

    /// How many findings of each code there are.
    fn counts(&self) -> BTreeMap<Code, usize> {
        let mut counts = BTreeMap::new();
        for finding in &*self.findings {
            *counts.entry(finding.code).or_default() += 1;
        }
        for finding in self.findings.unstored() {
            *counts.entry(finding.code).or_default() += 1;
        }
        counts
    }
}

/// A dataset before its rename, which is inspected only if it must be.
pub(super) struct Verification<'a> {
    root: &'a DatasetRoot,
    options: &'a RenameOptions<'a>,
    names: &'a Names<'a>,
    on_stage: OnStage<'a>,
    needs_graph: bool,
    before: Option<Inspection>,
}

impl<'a> Verification<'a> {
    pub(super) fn new(
        root: &'a DatasetRoot,
        options: &'a RenameOptions<'a>,
        names: &'a Names<'a>,
        on_stage: OnStage<'a>,
    ) -> Self {
        Self { root, options, names, on_stage, needs_graph: false, before: None }
    }

    fn inspect(&self, root: &DatasetRoot) -> Result<Inspection, RenameError> {
        Inspection::new(root, self.options, self.needs_graph, self.on_stage)
    }

    /// The dataset before the rename.
    fn before(&mut self) -> Result<&Inspection, RenameError> {
        let inspected = match self.before.take() {
            Some(inspected) => inspected,
            None => self.inspect(self.root)?,
        };
        Ok(self.before.insert(inspected))
    }

    /// Completes a rename with the golden files, and verifies it.
    pub(super) fn complete(mut self, plan: &mut Plan, texts: &GoldenTexts) -> Result<(), RenameError> {
        texts.rename_iris(plan, self.names);
        self.needs_graph = !texts.is_empty() && !self.names.dataset.queries.is_empty();
        let after = self.inspect(&plan.overlay(self.root))?;
        if !after.findings.is_empty() {
            let known = self.before()?.counts();
            let is_more = |(code, count): &(Code, usize)| known.get(code).is_none_or(|known| known < count);
            let more: BTreeSet<Code> = after.counts().into_iter().filter(is_more).map(|(code, _)| code).collect();
            if !more.is_empty() {
                let mut findings = after.findings;
                findings.retain_codes(|code| more.contains(&code));
                return Err(RenameError::Findings { findings, files: Box::new(after.files) });
            }
        }
        let Some(store) = &after.store else {
            if self.needs_graph {
                let note =
                    "the dataset has errors, so its stored queries were not run; correct them and run `factloom test`";
                plan.notes.push(note.to_owned());
            }
            return Ok(());
        };
        if self.needs_graph {
            self.verify_results(plan, texts, store)?;
        }
        if rules_read_strings(self.names)
            && let Some(known) = &self.before()?.store
            && known.len()? != store.len()?
        {
            return Err(RenameError::Graph { before: known.len()?, after: store.len()? });
        }
        Ok(())
    }

    /// Fits the golden files to the new results, and verifies that each test that passed before passes again.
    fn verify_results(&mut self, plan: &mut Plan, texts: &GoldenTexts, store: &Store) -> Result<(), RenameError> {
        let (root, names) = (self.root, self.names);
        let mut report = self.test(&plan.overlay(root), store, &[])?;
        for fit in [GoldenTexts::fit_rows, GoldenTexts::rename_words] {
            if !fit(texts, &report, plan, names).is_empty() {
                report = self.test(&plan.overlay(root), store, &[])?;
            }
        }
        let failing: BTreeSet<String> = report.failures().map(|test| test.query.clone()).collect();
        if failing.is_empty() {
            return Ok(());
        }
        // Tests that failed before may fail again.
        let failing: Vec<String> = failing.into_iter().collect();
        let Some(before) = self.before()?.store.clone() else { return Ok(()) };
        let failed: BTreeSet<String> = self.test(root, &before, &failing)?.failures().map(GoldenTest::name).collect();
        report.tests.retain(|test| !failed.contains(&test.name()));
        if report.failures().next().is_some() {
            return Err(RenameError::Results(Box::new(report)));
        }
        plan.notes.extend(failed.iter().map(|name| format!("the test `{name}` failed before, and still fails")));
        Ok(())
    }

    fn test(&self, root: &DatasetRoot, store: &Store, queries: &[String]) -> Result<GoldenReport, RenameError> {
        Ok(golden(store, &GoldenFiles::read(root, &self.options.read)?, queries)?)
    }
}

/// Whether a rule calls a function that turns an IRI into a string.
fn rules_read_strings(names: &Names<'_>) -> bool {
    names.dataset.rules.iter().any(|rule| {
        let words = tokenize(&rule.text).into_iter().filter(|token| token.kind == TokenKind::Word);
        let is_str = |span: std::ops::Range<usize>| rule.text[span].eq_ignore_ascii_case("STR");
        !crate::dataset::is_standard_rule(&rule.name, &rule.text) && words.map(|token| token.span).any(is_str)
    })
}
