//! Applies acknowledgements: separates the findings that they are about from the others.

use super::duplicates::FactNumber;
use super::quotes::CheckedFile;
use crate::dataset::{Acknowledgement, AllowScope, Dataset};
use crate::diagnostic::{Code, ConflictSide, FileId, Finding, Findings, Location};
use crate::model::StatementId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// A finding that the dataset acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why the dataset is right.
    pub reason: String,
}

/// Takes the acknowledged findings out of `findings`, which have resolved locations. Reports acknowledgements that no finding fits,
/// unless the check that would report it could not run, and ids that are unknown.
///
/// `has_text` is true for each source whose text is available, by its number. Takes O((a + f) log a) time for a acknowledged records and
/// f findings.
pub(super) fn apply(
    dataset: &Dataset,
    files: &[CheckedFile],
    has_text: &[bool],
    opt_in: &[Code],
    findings: &mut Findings,
) -> Vec<AllowedFinding> {
    let all: Vec<&Acknowledgement> = dataset
        .acknowledged
        .iter()
        .chain(dataset.entities.iter().flat_map(|entity| &entity.acknowledged))
        .chain(files.iter().flat_map(|file| &file.facts.acknowledged))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let has_errors = findings.has_errors();
    let file_numbers = files.iter().zip(0..).map(|(file, number)| (file.file, number)).collect();
    let targets = Targets { dataset, files, file_numbers, has_text, ids: Ids::of(dataset, files) };
    let records: Vec<Vec<Target>> = all.iter().map(|one| targets.of(one, findings)).collect();
    let index = Index::new(dataset, &all, &records);
    let mut is_used = vec![false; all.len()];
    let mut missing_sides: HashMap<usize, StatementId> = HashMap::new();
    let mut allowed = Vec::new();
    let extracted = findings.extract_stored(|finding| match finding.code {
        Code::Conflict => index.of_conflict(&finding.sides, &mut missing_sides),
        _ => index.of_record(finding),
    });
    for (finding, number) in extracted {
        is_used[number] = true;
        allowed.push(AllowedFinding { finding, reason: all[number].reason.clone() });
    }
    for (number, (acknowledgement, targets)) in all.iter().zip(&records).enumerate() {
        let code = acknowledgement.code;
        let have_texts = targets.iter().all(|target| target.has_texts);
        let has_run = match code {
            // Elsewhere, the text may be missing.
            Code::MissingText => !have_texts,
            _ => (!code.is_opt_in() || opt_in.contains(&code)) && (!code.needs_text() || have_texts),
        };
        if is_used[number] || has_errors || !has_run || targets.is_empty() || findings.has_unstored(code) {
            continue;
        }
        let (label, help) = match (index.is_duplicate[number], missing_sides.get(&number)) {
            (true, _) => ("acknowledges what another object does", "remove one of the two".to_owned()),
            (false, Some(id)) => ("the conflict has a value of another statement", format!("add `{id}` to the `ids`")),
            (false, None) => ("acknowledges nothing", "remove this object".to_owned()),
        };
        let (file, location) = acknowledgement.location.clone();
        let message = format!("no finding `{code}` to acknowledge");
        findings.push(Finding::new(Code::UnusedAllow, file, location, message).label(label).help(help));
    }
    allowed
}

/// A record that an acknowledgement is about.
struct Target {
    location: (FileId, Location),
    /// Whether the texts of its quotes, or its own text, are available.
    has_texts: bool,
}

/// Where statements are, by their ids; empty if the manifest acknowledges nothing, as only it uses ids.
struct Ids<'a>(HashMap<&'a str, FactNumber>);

impl<'a> Ids<'a> {
    fn of(dataset: &Dataset, files: &'a [CheckedFile]) -> Self {
        if dataset.acknowledged.is_empty() {
            return Self(HashMap::new());
        }
        let numbers = files.iter().zip(0..).flat_map(|(file, number)| {
            (0..)
                .zip(file.facts.statements.iter())
                .map(move |(fact, statement)| (statement.id.as_str(), FactNumber { file: number, fact }))
        });
        Self(numbers.collect())
    }
}

struct Targets<'a> {
    dataset: &'a Dataset,
    files: &'a [CheckedFile],
    /// The indices of the files.
    file_numbers: HashMap<FileId, u32>,
    has_text: &'a [bool],
    ids: Ids<'a>,
}

impl Targets<'_> {
    /// The records of an acknowledgement; empty if an id is unknown.
    fn of(&self, acknowledgement: &Acknowledgement, findings: &mut Findings) -> Vec<Target> {
        match &acknowledgement.scope {
            AllowScope::Record(record) => {
                let (file, _) = acknowledgement.location;
                vec![self.record(file, *record)]
            }
            AllowScope::Ids(ids) => {
                let found: Vec<Vec<Target>> = ids.iter().map(|id| self.with_id(id)).collect();
                for (number, (id, _)) in ids.iter().zip(&found).enumerate().filter(|(_, (_, found))| found.is_empty()) {
                    let (file, location) = acknowledgement.location.clone();
                    let location = location.member("ids");
                    let location = if ids.len() > 1 { location.item(number) } else { location };
                    let finding = Finding::new(Code::UnusedAllow, file, location, format!("unknown id `{id}`"));
                    let label = "not the id of a statement, an entity or a source";
                    findings.push(finding.label(label).help("correct the id, or remove the acknowledgement"));
                }
                if found.iter().any(Vec::is_empty) { Vec::new() } else { found.into_iter().flatten().collect() }
            }
        }
    }

    fn record(&self, file: FileId, record: usize) -> Target {
        let location = (file, Location::Value { record, path: Vec::new(), key: false });
        // The record may also be that of an entity.
        let fact = self.file_numbers.get(&file).and_then(|number| {
            let facts = &self.files[*number as usize].facts.facts;
            let fact = facts.binary_search_by_key(&record, |fact| fact.record).ok()?;
            Some(FactNumber { file: *number, fact: fact as u32 })
        });
        Target { location, has_texts: fact.is_none_or(|fact| self.has_texts(fact)) }
    }

    /// Whether the texts of all quotes of a fact are available.
    fn has_texts(&self, fact: FactNumber) -> bool {
        let mut quoted = fact.statement(self.files).evidence.iter().filter(|evidence| evidence.quote.is_some());
        quoted.all(|evidence| {
            self.dataset.source_number(evidence.source.as_str()).is_some_and(|source| self.has_text[source])
        })
    }

    /// The statement, the entity and the source with an id.
    fn with_id(&self, id: &str) -> Vec<Target> {
        let statement = self.ids.0.get(id).map(|fact| {
            let location = fact.location(self.files, Vec::new());
            Target { location, has_texts: self.has_texts(*fact) }
        });
        let entity = self.dataset.entity(id);
        let entity = entity.map(|entity| Target { location: entity.location.clone(), has_texts: true });
        let source = self.dataset.source_number(id).map(|number| {
            let location = self.dataset.sources[number].location.clone();
            Target { location, has_texts: self.has_text[number] }
        });
        [statement, entity, source].into_iter().flatten().collect()
    }
}

/// Finds the acknowledgement of a finding.
struct Index<'a> {
    /// The bytes of the records with acknowledgements, by file and start: the end, and the first acknowledgement of each code.
    records: BTreeMap<(FileId, usize), (usize, BTreeMap<Code, usize>)>,
    /// The acknowledgements of conflicts by the ids of statements.
    conflicts: HashMap<&'a str, Vec<usize>>,
    /// Whether other acknowledgements are about all that an acknowledgement is about.
    is_duplicate: Vec<bool>,
}

impl<'a> Index<'a> {
    fn new(dataset: &Dataset, all: &[&'a Acknowledgement], targets: &[Vec<Target>]) -> Self {
        let numbered =
            targets.iter().enumerate().flat_map(|(number, targets)| targets.iter().map(move |one| (number, one)));
        let (numbers, mut placeholders): (Vec<usize>, Vec<Finding>) = numbered
            .map(|(number, target)| {
                let (file, location) = target.location.clone();
                (number, Finding::new(all[number].code, file, location, ""))
            })
            .unzip();
        dataset.files.resolve_locations(&mut placeholders);
        let mut records: BTreeMap<(FileId, usize), (usize, BTreeMap<Code, usize>)> = BTreeMap::new();
        let mut is_duplicate = vec![true; all.len()];
        for (number, target) in numbers.into_iter().zip(&placeholders) {
            let Some(bytes) = bytes(&target.location) else { continue };
            let (_, first) = records.entry((target.file, bytes.start)).or_insert_with(|| (bytes.end, BTreeMap::new()));
            is_duplicate[number] &= *first.entry(target.code).or_insert(number) != number;
        }
        let mut conflicts: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
        for (number, acknowledgement) in all.iter().enumerate() {
            if let (Code::Conflict, AllowScope::Ids(ids)) = (acknowledgement.code, &acknowledgement.scope) {
                let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                ids.sort_unstable();
                ids.dedup();
                for id in &ids {
                    conflicts.entry(*id).or_default().push(number);
                }
                is_duplicate[number] = !seen.insert(ids);
            }
        }
        Self { records, conflicts, is_duplicate }
    }

    /// The acknowledgement of a finding about a record. Takes logarithmic time.
    fn of_record(&self, finding: &Finding) -> Option<usize> {
        let start = bytes(&finding.location)?.start;
        let (_, (end, first)) = self.records.range((finding.file, 0)..=(finding.file, start)).next_back()?;
        first.get(&finding.code).copied().filter(|_| start < *end)
    }

    /// The acknowledgement of a conflict: the first with a statement of each side. If all lack a side, `missing` gets a statement of
    /// one that each of them lacks. Takes time linear in the acknowledgements with the ids of the statements, for each side.
    fn of_conflict(&self, sides: &[ConflictSide], missing: &mut HashMap<usize, StatementId>) -> Option<usize> {
        let named = |ConflictSide(statements): &ConflictSide| -> BTreeSet<usize> {
            statements.iter().filter_map(|id| self.conflicts.get(id.as_str())).flatten().copied().collect()
        };
        let named: Vec<BTreeSet<usize>> = sides.iter().map(named).collect();
        let lacking = |number: usize| named.iter().position(|side| !side.contains(&number));
        let candidates: BTreeSet<usize> = named.iter().flatten().copied().collect();
        let complete = candidates.iter().copied().find(|number| lacking(*number).is_none());
        if complete.is_none() {
            let id = |number: usize| sides[lacking(number)?].0.first().cloned();
            missing.extend(candidates.iter().filter_map(|number| Some((*number, id(*number)?))));
        }
        complete
    }
}

fn bytes(location: &Location) -> Option<Range<usize>> {
    match location {
        Location::Text(range) => Some(range.bytes()),
        Location::File | Location::Bytes(_) | Location::Value { .. } => None,
    }
}
