//! Universities modelled on the Lehigh University Benchmark: its classes, relations and proportions (Guo, Pan and Heflin,
//! “LUBM: A benchmark for OWL knowledge base systems”, Journal of Web Semantics 3, 2005).
//!
//! In addition, people have an age, courses have credits and prerequisites, and the classes are part of the data, so that
//! filters, long paths and hierarchies can be measured.

use super::Triples;
use super::random::SplitMix;
use std::io::{self, Write};

/// The namespace of classes and relations.
pub const VOCABULARY: &str = "https://bench.example/university#";

const RDF_TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const SUB_CLASS_OF: &str = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>";
const INTEGER: &str = "<http://www.w3.org/2001/XMLSchema#integer>";
const DATE: &str = "<http://www.w3.org/2001/XMLSchema#date>";

const CLASSES: [(&str, &str); 14] = [
    ("FullProfessor", "Professor"),
    ("AssociateProfessor", "Professor"),
    ("AssistantProfessor", "Professor"),
    ("Professor", "Faculty"),
    ("Lecturer", "Faculty"),
    ("Faculty", "Employee"),
    ("Employee", "Person"),
    ("UndergraduateStudent", "Student"),
    ("GraduateStudent", "Student"),
    ("Student", "Person"),
    ("GraduateCourse", "Course"),
    ("University", "Organization"),
    ("Department", "Organization"),
    ("ResearchGroup", "Organization"),
];

/// The number of universities that grant degrees; not all are in the data.
const UNIVERSITIES: usize = 1000;

/// Ranks of teachers: class, number in a department, number of publications of each.
const RANKS: [(&str, [usize; 2], [usize; 2]); 4] = [
    ("FullProfessor", [7, 10], [15, 20]),
    ("AssociateProfessor", [10, 14], [10, 18]),
    ("AssistantProfessor", [8, 11], [5, 10]),
    ("Lecturer", [5, 7], [0, 5]),
];

/// Writes universities until the writer is full.
pub fn write<W: Write>(out: &mut Triples<'_, W>) -> io::Result<()> {
    for (class, superclass) in CLASSES {
        out.triple(format_args!("<{VOCABULARY}{class}> {SUB_CLASS_OF} <{VOCABULARY}{superclass}>"))?;
    }
    let mut random = SplitMix(1);
    for number in 0.. {
        if out.is_full() {
            break;
        }
        let university = format!("http://www.University{number}.example");
        instance_of(out, &university, "University")?;
        string(out, &university, "name", &format!("University{number}"))?;
        for department in 0..random.in_range(15, 25) {
            Department::new(&university, number, department, &mut random).write(out, &mut random)?;
        }
    }
    Ok(())
}

struct Department {
    iri: String,
    host: String,
    university: String,
    number: usize,
    teachers: Vec<String>,
    courses: Vec<String>,
    graduate_courses: Vec<String>,
}

impl Department {
    fn new(university: &str, university_number: usize, number: usize, random: &mut SplitMix) -> Self {
        let host = format!("Department{number}.University{university_number}.example");
        let iri = format!("http://www.{host}");
        let mut teachers = Vec::new();
        for (class, [min, max], _) in RANKS {
            teachers.extend((0..random.in_range(min, max)).map(|n| format!("{iri}/{class}{n}")));
        }
        let count = teachers.len();
        let courses = (0..count * 3 / 2).map(|n| format!("{iri}/Course{n}")).collect();
        let graduate_courses = (0..count * 3 / 2).map(|n| format!("{iri}/GraduateCourse{n}")).collect();
        Self { iri, host, university: university.to_owned(), number, teachers, courses, graduate_courses }
    }

    fn write<W: Write>(&self, out: &mut Triples<'_, W>, random: &mut SplitMix) -> io::Result<()> {
        instance_of(out, &self.iri, "Department")?;
        string(out, &self.iri, "name", &format!("Department{}", self.number))?;
        link(out, &self.iri, "subOrganizationOf", &self.university)?;
        for group in 0..random.in_range(10, 20) {
            let group = format!("{}/ResearchGroup{group}", self.iri);
            instance_of(out, &group, "ResearchGroup")?;
            link(out, &group, "subOrganizationOf", &self.iri)?;
        }
        for (courses, class) in [(&self.courses, "Course"), (&self.graduate_courses, "GraduateCourse")] {
            self.courses(courses, class, out, random)?;
        }
        for (n, teacher) in self.teachers.iter().enumerate() {
            self.teacher(n, teacher, out, random)?;
        }
        for n in 0..self.teachers.len() * random.in_range(8, 14) {
            self.undergraduate(n, out, random)?;
        }
        for n in 0..self.teachers.len() * random.in_range(3, 4) {
            self.graduate(n, out, random)?;
        }
        Ok(())
    }

    fn courses<W: Write>(
        &self,
        courses: &[String],
        class: &str,
        out: &mut Triples<'_, W>,
        random: &mut SplitMix,
    ) -> io::Result<()> {
        for (n, course) in courses.iter().enumerate() {
            instance_of(out, course, class)?;
            string(out, course, "name", &format!("{class}{n}"))?;
            out.triple(format_args!("<{course}> <{VOCABULARY}credits> \"{}\"^^{INTEGER}", random.in_range(2, 12)))?;
            link(out, &self.teachers[n % self.teachers.len()], "teacherOf", course)?;
            if n > 0 && !random.one_in(10) {
                link(out, course, "buildsUpon", &courses[n - random.in_range(1, n.min(4))])?;
            }
        }
        Ok(())
    }

    fn teacher<W: Write>(
        &self,
        n: usize,
        teacher: &str,
        out: &mut Triples<'_, W>,
        random: &mut SplitMix,
    ) -> io::Result<()> {
        let name = teacher.rsplit('/').next().unwrap_or_default();
        let (class, _, [min, max]) = RANKS.into_iter().find(|(class, ..)| name.starts_with(class)).unwrap_or(RANKS[0]);
        instance_of(out, teacher, class)?;
        self.person(teacher, name, random.in_range(30, 68), out)?;
        link(out, teacher, "worksFor", &self.iri)?;
        if n == 0 {
            link(out, teacher, "headOf", &self.iri)?;
        }
        string(out, teacher, "researchInterest", &format!("Research{}", random.below(30)))?;
        for degree in ["undergraduateDegreeFrom", "mastersDegreeFrom", "doctoralDegreeFrom"] {
            degree_from(out, teacher, degree, random)?;
        }
        for publication in 0..random.in_range(min, max) {
            let publication = format!("{teacher}/Publication{publication}");
            instance_of(out, &publication, "Publication")?;
            string(out, &publication, "name", publication.rsplit('/').next().unwrap_or_default())?;
            link(out, &publication, "publicationAuthor", teacher)?;
            for _ in 0..random.below(3) {
                link(out, &publication, "publicationAuthor", choose(&self.teachers, random))?;
            }
        }
        Ok(())
    }

    fn undergraduate<W: Write>(&self, n: usize, out: &mut Triples<'_, W>, random: &mut SplitMix) -> io::Result<()> {
        let name = format!("UndergraduateStudent{n}");
        let student = format!("{}/{name}", self.iri);
        instance_of(out, &student, "UndergraduateStudent")?;
        self.person(&student, &name, random.in_range(17, 25), out)?;
        link(out, &student, "memberOf", &self.iri)?;
        for _ in 0..random.in_range(2, 4) {
            link(out, &student, "takesCourse", choose(&self.courses, random))?;
        }
        if random.one_in(5) {
            link(out, &student, "advisor", choose(&self.teachers, random))?;
        }
        Ok(())
    }

    fn graduate<W: Write>(&self, n: usize, out: &mut Triples<'_, W>, random: &mut SplitMix) -> io::Result<()> {
        let name = format!("GraduateStudent{n}");
        let student = format!("{}/{name}", self.iri);
        instance_of(out, &student, "GraduateStudent")?;
        self.person(&student, &name, random.in_range(21, 35), out)?;
        link(out, &student, "memberOf", &self.iri)?;
        let (year, month, day) = (random.in_range(2015, 2025), random.in_range(1, 12), random.in_range(1, 28));
        out.triple(format_args!("<{student}> <{VOCABULARY}enrolled> \"{year}-{month:02}-{day:02}\"^^{DATE}"))?;
        for _ in 0..random.in_range(1, 3) {
            link(out, &student, "takesCourse", choose(&self.graduate_courses, random))?;
        }
        // Some stay at their university.
        if random.one_in(10) {
            link(out, &student, "undergraduateDegreeFrom", &self.university)?;
        } else {
            degree_from(out, &student, "undergraduateDegreeFrom", random)?;
        }
        link(out, &student, "advisor", choose(&self.teachers, random))?;
        if random.one_in(5) {
            link(out, &student, "teachingAssistantOf", choose(&self.courses, random))?;
        }
        Ok(())
    }

    fn person<W: Write>(&self, person: &str, name: &str, age: usize, out: &mut Triples<'_, W>) -> io::Result<()> {
        string(out, person, "name", name)?;
        string(out, person, "emailAddress", &format!("{name}@{}", self.host))?;
        string(out, person, "telephone", &format!("555-{:03}-{:04}", self.number, age * 97 % 10_000))?;
        out.triple(format_args!("<{person}> <{VOCABULARY}age> \"{age}\"^^{INTEGER}"))
    }
}

fn degree_from<W: Write>(
    out: &mut Triples<'_, W>,
    person: &str,
    degree: &str,
    random: &mut SplitMix,
) -> io::Result<()> {
    let university = format!("http://www.University{}.example", random.below(UNIVERSITIES));
    link(out, person, degree, &university)
}

fn instance_of<W: Write>(out: &mut Triples<'_, W>, thing: &str, class: &str) -> io::Result<()> {
    out.triple(format_args!("<{thing}> {RDF_TYPE} <{VOCABULARY}{class}>"))
}

fn link<W: Write>(out: &mut Triples<'_, W>, from: &str, relation: &str, to: &str) -> io::Result<()> {
    out.triple(format_args!("<{from}> <{VOCABULARY}{relation}> <{to}>"))
}

fn string<W: Write>(out: &mut Triples<'_, W>, thing: &str, relation: &str, value: &str) -> io::Result<()> {
    out.triple(format_args!("<{thing}> <{VOCABULARY}{relation}> \"{value}\""))
}

fn choose<'a>(iris: &'a [String], random: &mut SplitMix) -> &'a str {
    random.choose::<String>(iris)
}
