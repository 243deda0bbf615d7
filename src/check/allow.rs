//! Applies acknowledgements: separates the findings that they are about from the others.

use super::duplicates::FactNumber;
use super::quotes::CheckedFile;
use crate::dataset::{Acknowledgement, AllowScope, Dataset};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A finding that the dataset acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why the dataset is right.
    pub reason: String,
}

/// The codes of findings that depend on the texts of quotes.
const ABOUT_TEXTS: [Code; 9] = [
    Code::QuoteCutsWord,
    Code::QuoteChangesCase,
    Code::QuoteAddsFullStop,
    Code::NegatedContext,
    Code::ValueNotInQuote,
    Code::QuoteOffTopic,
    Code::HedgedQuote,
    Code::ContrastAfterQuote,
    Code::SourceChanged,
];

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
    let ranges = Ranges::new(dataset, &records);
    let mut is_used = vec![false; all.len()];
    let mut allowed = Vec::new();
    for (finding, number) in findings.extract_stored(|finding| ranges.acknowledgement(&all, finding)) {
        is_used[number] = true;
        allowed.push(AllowedFinding { finding, reason: all[number].reason.clone() });
    }
    for ((acknowledgement, targets), _) in all.iter().zip(&records).zip(&is_used).filter(|(_, is_used)| !**is_used) {
        let code = acknowledgement.code;
        let has_run = (!code.is_opt_in() || opt_in.contains(&code))
            && (!ABOUT_TEXTS.contains(&code) || targets.iter().all(|target| target.has_texts));
        if !has_errors && has_run && !targets.is_empty() && !findings.is_full(code) {
            let (file, location) = acknowledgement.location.clone();
            let finding =
                Finding::new(Code::UnusedAllow, file, location, format!("no finding `{code}` to acknowledge"));
            findings.push(finding.label("acknowledges nothing").help("remove this object"));
        }
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
                let found: Vec<Option<Target>> = ids.iter().map(|id| self.with_id(id)).collect();
                for (number, (id, _)) in ids.iter().zip(&found).enumerate().filter(|(_, (_, target))| target.is_none())
                {
                    let (file, location) = acknowledgement.location.clone();
                    let location = location.member("ids");
                    let location = if ids.len() > 1 { location.item(number) } else { location };
                    let finding = Finding::new(Code::UnusedAllow, file, location, format!("unknown id `{id}`"));
                    let label = "not the id of a statement, an entity or a source";
                    findings.push(finding.label(label).help("correct the id, or remove the acknowledgement"));
                }
                found.into_iter().collect::<Option<Vec<Target>>>().unwrap_or_default()
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

    fn with_id(&self, id: &str) -> Option<Target> {
        if let Some(fact) = self.ids.0.get(id) {
            return Some(Target { location: fact.location(self.files, Vec::new()), has_texts: self.has_texts(*fact) });
        }
        if let Some(entity) = self.dataset.entity(id) {
            return Some(Target { location: entity.location.clone(), has_texts: true });
        }
        let source = self.dataset.source_number(id)?;
        Some(Target { location: self.dataset.sources[source].location.clone(), has_texts: self.has_text[source] })
    }
}

/// The bytes of the records with acknowledgements, by file and start, with the end and the numbers of the acknowledgements.
struct Ranges(BTreeMap<(FileId, usize), (usize, Vec<usize>)>);

impl Ranges {
    fn new(dataset: &Dataset, records: &[Vec<Target>]) -> Self {
        let targets =
            records.iter().enumerate().flat_map(|(number, targets)| targets.iter().map(move |one| (number, one)));
        let (numbers, mut placeholders): (Vec<usize>, Vec<Finding>) = targets
            .map(|(number, target)| {
                let (file, location) = target.location.clone();
                (number, Finding::new(Code::UnusedAllow, file, location, ""))
            })
            .unzip();
        dataset.files.resolve_locations(&mut placeholders);
        let mut ranges: BTreeMap<(FileId, usize), (usize, Vec<usize>)> = BTreeMap::new();
        for (number, finding) in numbers.into_iter().zip(&placeholders) {
            if let Some(bytes) = bytes(&finding.location) {
                ranges.entry((finding.file, bytes.start)).or_insert_with(|| (bytes.end, Vec::new())).1.push(number);
            }
        }
        Self(ranges)
    }

    /// The acknowledgements of the record with a location.
    fn at(&self, file: FileId, location: &Location) -> &[usize] {
        let Some(start) = bytes(location).map(|bytes| bytes.start) else { return &[] };
        match self.0.range((file, 0)..=(file, start)).next_back() {
            Some((_, (end, numbers))) if start < *end => numbers,
            _ => &[],
        }
    }

    /// The number of the first acknowledgement of a finding.
    fn acknowledgement(&self, all: &[&Acknowledgement], finding: &Finding) -> Option<usize> {
        // All statements of a conflict must be named.
        let covers = |number: usize| {
            finding.code != Code::Conflict
                || finding.related.iter().all(|related| self.at(related.file, &related.location).contains(&number))
        };
        let own = self.at(finding.file, &finding.location).iter().copied();
        own.filter(|number| all[*number].code == finding.code).find(|number| covers(*number))
    }
}

fn bytes(location: &Location) -> Option<Range<usize>> {
    match location {
        Location::Text(range) => Some(range.bytes()),
        Location::File | Location::Bytes(_) | Location::Value { .. } => None,
    }
}
