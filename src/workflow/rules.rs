//! `workflows/rules.yaml`: the rules of the agreement that `basis` in a workflow file names, so that an auditor can walk
//! from the agreement to the running case. What a rule demands of a workflow is not known here.

use indexmap::IndexMap;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::classes::DUPLICATE_ID;
use super::problem::{Problem, in_order};
use super::source::{self, Segment};
use super::{schema, shape};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What `basis` names it by.
    pub id: String,
    /// How binding it is: ska, bör, kan, viktigt, praxis, ours.
    pub force: String,
    /// The lines of the agreement that it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<String>,
    /// The rule in one sentence.
    pub sentence: String,
}

/// All rules, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(IndexMap<String, Rule>);

impl Rules {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Rules, Vec<Problem>> {
        let schema = schema::strict(schema_for!(Vec<Rule>));
        let (root, list) = shape::typed::<Vec<Rule>>(file, source::read(file, text), &schema)?;
        let mut rules = IndexMap::new();
        let mut problems = Vec::new();
        for (index, rule) in list.into_iter().enumerate() {
            if rules.contains_key(&rule.id) {
                let position = root.find(&[Segment::Index(index)]);
                let message = format!("the rule `{}` stands twice: give one of them another id", rule.id);
                problems.push(Problem::new(&DUPLICATE_ID, file, position, message));
            } else {
                rules.insert(rule.id.clone(), rule);
            }
        }
        if problems.is_empty() { Ok(Rules(rules)) } else { Err(in_order(problems)) }
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.0.get(id)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.values()
    }
}
