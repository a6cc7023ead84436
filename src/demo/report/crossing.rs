//! Tells what came of the running cases when the county went over to new versions of its workflows.

use super::words::wrapped;
use crate::app::migrations::Judged;
use crate::ids::CaseNumber;

/// What came of the running cases of one workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    title: String,
    version: u32,
    went: usize,
    stay: Vec<CaseNumber>,
}

impl Crossing {
    /// To this version of the workflow of that title; no case has been judged yet.
    pub fn new(title: String, version: u32) -> Crossing {
        Crossing { title, version, went: 0, stay: Vec::new() }
    }

    /// Counts one more case.
    pub fn add(&mut self, judged: &Judged) {
        match judged.reasons.is_empty() {
            true => self.went += 1,
            false => self.stay.push(judged.case.clone()),
        }
    }
}

/// One paragraph for each workflow.
pub fn crossings(all: &[Crossing]) -> String {
    let mut out = "\nLänet går över till nya versioner\n".to_owned();
    for crossing in all {
        out += &wrapped("  ", 4, &sentence(crossing));
    }
    out
}

fn sentence(Crossing { title, version, went, stay }: &Crossing) -> String {
    let gone = format!("{title}, version {version}: {went} pågående ärenden följer den nu.");
    let numbers: Vec<_> = stay.iter().map(CaseNumber::as_str).collect();
    match numbers.len() {
        0 => gone,
        n => format!("{gone} {n} följer den gamla tills det som pågår i dem är avgjort: {}.", numbers.join(", ")),
    }
}
