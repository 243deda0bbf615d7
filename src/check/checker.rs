//! Repeated checks of a dataset, which only redo what depends on something that has changed.

use super::conflict::{ConflictFindings, Exclusions, MAX_INHERITED};
use super::duplicates::{FactNumber, UniqueStatements, unique_statements};
use super::evidence_checks::{self, EvidenceChecks};
use super::facts::{Fact, FileFacts, SuggestionState};
use super::lock::Lock;
use super::quotes::{CheckedFile, QuoteCounts, Search, Texts};
use super::usage::{expanded, report_unused};
use super::value::compact;
use super::{CheckOptions, Checked, LockUse, allow, quote_findings, single_source};
use crate::dataset::{Dataset, LOCK, MANIFEST, ReadError, unreadable};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location};
use crate::model::{Evidence, Statement};
use std::collections::HashMap;
use std::path::Path;

/// Checks a dataset again and again, as it changes.
///
/// A check reuses the results of the last one as far as they depend on the same content:
///
/// - the facts of a file, on the file and on the namespaces, classes, predicates, entities and sources of the dataset;
/// - the result for a quote, on the quote, the text of its source, and the source's entry in the lock;
/// - the findings about conflicts, on the files of the statements that may conflict.
///
/// So if a file of facts has changed, that file is read again, and only quotes that it did not have before are searched for.
/// The result is always that of [`check`](super::check), as long as all findings are [stored](Findings::MAX_PER_CODE).
///
/// Takes time linear in what has changed, and a small constant time for each statement, entity and source. Uses about as much
/// memory as the statements.
///
/// ```
/// use factloom::check::{CheckOptions, Checker};
/// use factloom::dataset::{Dataset, DatasetRoot};
/// use factloom::diagnostic::Findings;
///
/// let dataset = Dataset::open(DatasetRoot::Bundled(factloom::BUNDLED), None).dataset.unwrap();
/// let mut checker = Checker::default();
/// let first = checker.check(&dataset, &CheckOptions::default(), &mut Findings::new());
/// let second = checker.check(&dataset, &CheckOptions::default(), &mut Findings::new());
/// assert_eq!(first.statements, second.statements);
/// ```
#[derive(Default)]
pub struct Checker {
    /// The files of facts, by their names.
    files: HashMap<String, CheckedFile>,
    texts: Texts,
    lock: Option<CachedLock>,
    definitions: Option<Definitions>,
    rules: Option<Rules>,
    conflicts: ConflictFindings,
}

/// A fact or a claim of a file as it was checked.
#[derive(Clone, Copy)]
pub(crate) struct CheckedFact<'a> {
    pub file: FileId,
    /// Its record, as in [`Location::Value`].
    pub record: usize,
    /// The statement. If the fact is invalid, it may lack everything but the evidence.
    pub statement: &'a Statement,
    fact: &'a Fact,
}

impl<'a> CheckedFact<'a> {
    /// Whether the file gives an id.
    pub(crate) fn has_id(&self) -> bool {
        self.fact.has_id
    }

    /// Whether it has no error by itself. Another fact may have its id.
    pub(crate) fn is_valid(&self) -> bool {
        self.fact.is_valid()
    }

    /// The pieces of evidence with their indices in the file.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (usize, &'a Evidence)> {
        let evidence = &self.statement.evidence;
        let pieces = self.fact.pieces(evidence.len());
        pieces.filter_map(|piece| Some((piece.index as usize, evidence.get(piece.position as usize)?)))
    }
}

struct CachedLock {
    revision: u64,
    lock: Lock,
    findings: Findings,
}

/// What follows from the definitions of a dataset.
struct Definitions {
    /// The content of the files that contain them.
    content: Vec<(String, String)>,
    exclusions: Exclusions,
}

/// The rules of a dataset, with all prefixed names expanded.
struct Rules {
    revision: u64,
    /// `None` for a rule that cannot be parsed.
    expanded: Vec<Option<String>>,
}

impl Checker {
    /// Reads and checks the facts of a dataset, and reports all errors, as [`check`](super::check) does.
    ///
    /// The dataset may be another one each time; only what it has in common with the last one is reused.
    pub fn check(&mut self, dataset: &Dataset, options: &CheckOptions<'_>, findings: &mut Findings) -> Checked {
        let suppressed = consequential_codes(dataset, findings);
        let mut files = self.read_facts(dataset);
        for file in &files {
            findings.extend_from(&file.facts.findings);
        }
        let revision = dataset.files.revision(LOCK);
        let cached = self.lock.take().filter(|cached| cached.revision == revision);
        let CachedLock { lock, findings: lock_findings, .. } = self.lock.insert(cached.unwrap_or_else(|| {
            let mut findings = Findings::new();
            let lock = Lock::read(&dataset.files, dataset.lock_file, &mut findings);
            if let Some(finding) = irreplaceable_lock(dataset) {
                findings = Findings::from_iter([finding]);
            }
            CachedLock { revision, lock, findings }
        }));
        if options.lock == LockUse::Verify {
            // For a new lock, a corrupt one can be replaced.
            findings.extend_from(lock_findings);
        }
        let checks = EvidenceChecks::new(dataset, options.opt_in);
        let search = Search { dataset, lock, checks: &checks, options };
        let new_lock = self.texts.find(&search, &mut files);
        quote_findings::report(dataset, &files, &self.texts, findings);
        evidence_checks::report(&checks, &files, &self.texts.have_text(dataset), findings);
        self.texts.report(&search, &files, findings);

        let UniqueStatements { statements, omitted, merged } = unique_statements(&files, findings);
        let read: usize = files.iter().map(|file| file.facts.facts.len()).sum();
        if read > 0 {
            report_unused(dataset, &files, self.expanded_rules(dataset), findings);
        } else if !findings.has_errors() {
            let finding =
                Finding::new(Code::EmptyDataset, dataset.manifest_file, Location::File, "the dataset has no facts");
            findings.push(finding.help("add facts to `facts.json`, or create an example dataset with `factloom init`"));
        }
        let valid = valid_facts(&files, &omitted);
        if let Some(definitions) = &self.definitions {
            findings.extend(overloaded_predicate(&definitions.exclusions, dataset));
            findings.extend(self.conflicts.update(&definitions.exclusions, dataset, &mut files, &valid));
        }
        if options.opt_in.contains(&Code::SingleSource) {
            single_source::report(dataset, &files, &valid, findings);
        }
        findings.retain_codes(|code| !suppressed.contains(&code));
        dataset.files.resolve_locations(findings.stored_mut());
        let has_text = self.texts.have_text(dataset);
        let allowed = allow::apply(dataset, &files, &has_text, options.opt_in, findings);
        dataset.files.resolve_locations(findings.stored_mut());
        let none = Lock::default();
        let lock = self.lock.as_ref().map_or(&none, |cached| &cached.lock);
        let QuoteCounts { evidence, unlocked, unused } = self.texts.count(dataset, lock, &files, &valid);
        let checked = Checked {
            allowed,
            omitted: read - statements.len() - merged,
            evidence,
            statements,
            excluded: self.texts.excluded_spans(),
            lock: new_lock,
            unlocked,
            unused,
        };
        self.files = files.into_iter().map(|file| (dataset.files.name(file.file).to_owned(), file)).collect();
        checked
    }

    /// The facts that the last check read, including those with errors, in the order of the files.
    pub(crate) fn facts<'a>(&'a self, dataset: &'a Dataset) -> impl Iterator<Item = CheckedFact<'a>> {
        let files = dataset.fact_files.iter().filter_map(|file| self.files.get(dataset.files.name(*file)));
        files.flat_map(|file| {
            let facts = file.facts.facts.iter().zip(file.facts.statements.iter());
            facts.map(|(fact, statement)| CheckedFact { file: file.file, record: fact.record, statement, fact })
        })
    }

    /// The facts of all files, as far as possible from the last check.
    fn read_facts(&mut self, dataset: &Dataset) -> Vec<CheckedFile> {
        let content = dataset.definitions_content();
        let is_same_dataset = self.definitions.as_ref().is_some_and(|definitions| definitions.content == content);
        if !is_same_dataset {
            let exclusions = Exclusions::new(&dataset.vocabulary);
            self.definitions = Some(Definitions { content, exclusions });
        }
        let mut suggestions = SuggestionState::new();
        let mut files = Vec::with_capacity(dataset.fact_files.len());
        for file in &dataset.fact_files {
            let revision = dataset.files.revision(dataset.files.name(*file));
            let known = self.files.remove(dataset.files.name(*file));
            let is_same = known.as_ref().is_some_and(|known| {
                let is_same_content = || known.revision == revision || dataset.files.sha256(*file) == known.sha256;
                is_same_dataset
                    && known.file == *file
                    && is_same_content()
                    && known.facts.reuse_suggestions(&mut suggestions)
            });
            files.push(match known {
                Some(known) if is_same => CheckedFile { revision, is_new: false, ..known },
                known => {
                    let facts = FileFacts::read(*file, dataset, &mut suggestions);
                    let sha256 = dataset.files.sha256(*file);
                    let previous = known.map(|known| known.facts);
                    CheckedFile { file: *file, revision, sha256, facts, previous, is_new: true }
                }
            });
        }
        files
    }

    fn expanded_rules(&mut self, dataset: &Dataset) -> &[Option<String>] {
        let revision = dataset.files.revision_when_opened();
        let known = self.rules.take().filter(|rules| rules.revision == revision);
        let expand = || dataset.rules.iter().map(|rule| expanded(rule, &dataset.namespaces)).collect();
        &self.rules.insert(known.unwrap_or_else(|| Rules { revision, expanded: expand() })).expanded
    }
}

/// The finding that a predicate has too many functional or disjoint superproperties to find all conflicts.
fn overloaded_predicate(exclusions: &Exclusions, dataset: &Dataset) -> Option<Finding> {
    let overloaded = exclusions.overloaded()?;
    let predicate = dataset.vocabulary.predicates().find(|predicate| predicate.iri == *overloaded)?;
    let (file, location) = predicate.location.clone();
    let name = compact(predicate.iri.as_ref(), dataset);
    let message = format!("`{name}` has more than {MAX_INHERITED} functional or disjoint superproperties");
    let finding = Finding::new(Code::InvalidValue, file, location, message);
    Some(finding.label("conflicts would be missed").help("declare fewer of its superproperties functional or disjoint"))
}

/// The finding about a lock that `factloom lock` cannot replace with one that is read: a link, or one that is too large.
fn irreplaceable_lock(dataset: &Dataset) -> Option<Finding> {
    let (files, file) = (&dataset.files, dataset.lock_file);
    if files.is_link(file) {
        let finding = Finding::new(Code::UnreadableFile, file, Location::File, format!("`{LOCK}` is a link"));
        let help = "replace the link with a copy of the file, or remove it and run `factloom lock`";
        return Some(finding.label("a lock is not read or written through a link").help(help));
    }
    let error = files.open_error(file)?;
    let is_too_large = matches!(error, ReadError::TooLarge { .. } | ReadError::TooLargeForUse { .. });
    is_too_large.then(|| unreadable(file, &error))
}

/// The facts that are among the statements, in the order of the files.
fn valid_facts(files: &[CheckedFile], omitted: &[FactNumber]) -> Vec<FactNumber> {
    let mut omitted = omitted.iter().peekable();
    let mut valid = Vec::new();
    for (file, number) in files.iter().zip(0..) {
        let facts = file.facts.facts.iter().zip(0..).filter(|(fact, _)| fact.is_valid());
        let facts = facts.map(|(_, fact)| FactNumber { file: number, fact });
        // Both are in the order of the files.
        valid.extend(facts.filter(|fact| omitted.next_if_eq(&fact).is_none()));
    }
    valid
}

/// The codes of findings that may only follow from incomplete definitions: the findings reported while the dataset was opened
/// show that a file cannot be read, or that an id is invalid.
pub(crate) fn consequential_codes(dataset: &Dataset, findings: &[Finding]) -> Vec<Code> {
    const ENTITIES: &[Code] = &[Code::UnknownEntity, Code::UnusedEntity];
    const VOCABULARY: &[Code] = &[Code::UnknownClass, Code::UnknownPredicate, Code::UnusedPredicate];
    const QUERIES: &[Code] = &[Code::UnusedPredicate];
    let explained = findings.iter().map(|finding| {
        let name = dataset.files.name(finding.file);
        let has_extension = |expected| Path::new(name).extension().is_some_and(|extension| extension == expected);
        match finding.code {
            // The manifest lists the files of both.
            Code::SyntaxError | Code::UnreadableFile if name == MANIFEST => {
                [ENTITIES, VOCABULARY, &[Code::UnknownStatus]].concat()
            }
            Code::SyntaxError | Code::UnreadableFile | Code::InvalidValue if has_extension("ttl") => {
                VOCABULARY.to_vec()
            }
            // The rest of the dataset does not depend on a rule or a query.
            Code::SyntaxError | Code::UnreadableFile | Code::InvalidId if has_extension("rq") => QUERIES.to_vec(),
            Code::InvalidId if name == MANIFEST => vec![Code::UnknownSource, Code::UnknownStatus],
            Code::SyntaxError | Code::UnreadableFile | Code::InvalidId => ENTITIES.to_vec(),
            _ => Vec::new(),
        }
    });
    let mut codes = Vec::new();
    for code in explained.flatten() {
        // There are only a few different ones.
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}
