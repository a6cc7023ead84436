//! Whether what a case holds can be held under the new version: each field under a name that is there, of the same type, with
//! every option and part that a value can have.

use indexmap::IndexMap;

use super::check::Judge;
use super::classes::{FIELD, UNKNOWN_NAME};
use super::{DROP, FieldPlan};
use crate::workflow::definition::{Definition, Field};
use crate::workflow::problem::did_you_mean;
use crate::workflow::source::at;

pub(super) fn check(judge: &mut Judge<'_>) {
    let (plan, old, new) = (judge.plan, judge.old, judge.new);
    for (from, field) in &plan.fields {
        judge.known(at!["fields", from], ("field", from, &plan.from), old.fields.keys().map(String::as_str));
        let to = match field {
            FieldPlan::Name(name) => name,
            FieldPlan::Recoded(recoded) => &recoded.to,
        };
        if to != DROP {
            judge.known(at!["fields", from], ("field", to, &plan.to), new.fields.keys().map(String::as_str));
        }
        if let (FieldPlan::Recoded(recoded), Some(held), Some(becomes)) =
            (field, old.fields.get(from), new.fields.get(to))
        {
            options_named(judge, from, &recoded.values, (held, becomes));
        }
    }
    for (name, field) in &old.fields {
        let Some(to) = plan.field(name).name() else { continue };
        match new.fields.get(to) {
            None if plan.fields.contains_key(name) => {}
            None => {
                let message =
                    format!("version {} has no field `{name}`: name what it is called there, or `drop`", plan.to);
                judge.report(&FIELD, at!["fields"], message);
            }
            Some(becomes) => {
                let values = match plan.fields.get(name) {
                    Some(FieldPlan::Recoded(recoded)) => Some(&recoded.values),
                    _ => None,
                };
                for what in differs(name, field, becomes, values) {
                    let message = format!("`{name}` cannot become `{to}`: {what}");
                    judge.report(&FIELD, at!["fields", name.as_str()], message);
                }
                if field.carries.as_deref().and_then(|carried| plan.field(carried).name()) != becomes.carries.as_deref()
                {
                    let message = format!("`{name}` and `{to}` do not carry the same documents");
                    judge.report(&FIELD, at!["fields", name.as_str()], message);
                }
            }
        }
    }
    let names = old.fields.keys().filter_map(|name| Some((name.as_str(), plan.field(name).name()?)));
    judge.once("fields", names.filter(|(_, new_name)| is_there(new, new_name)).collect());
}

fn is_there(definition: &Definition, field: &str) -> bool {
    definition.fields.contains_key(field)
}

fn options_named(judge: &mut Judge<'_>, name: &str, values: &IndexMap<String, String>, (old, new): (&Field, &Field)) {
    for (from, to) in values {
        let path = at!["fields", name, "values", from.as_str()];
        let sides = [("old", from, old), ("new", to, new)];
        for (side, option, field) in sides.into_iter().filter(|(_, option, field)| !field.options.contains_key(*option))
        {
            let hint = did_you_mean(option, field.options.keys().map(String::as_str));
            judge.report(&UNKNOWN_NAME, path, format!("the {side} field has no option `{option}`{hint}"));
        }
    }
}

/// What a value of the old field may be that no value of the new one can.
fn differs(name: &str, old: &Field, new: &Field, values: Option<&IndexMap<String, String>>) -> Vec<String> {
    let mut found = Vec::new();
    if old.kind != new.kind {
        found.push("it is of another type".to_owned());
    }
    if old.per != new.per || old.room != new.room {
        found.push("it is held otherwise: by each party, or in a room of its own".to_owned());
    }
    let lost = old.options.keys().filter(|option| {
        let becomes = values.and_then(|values| values.get(*option)).unwrap_or(option);
        !new.options.contains_key(becomes) && values.is_none_or(|values| !values.contains_key(*option))
    });
    found.extend(lost.map(|option| format!("nothing says what the option `{option}` becomes: write it in `values`")));
    for (part, held) in &old.parts {
        match new.parts.get(part) {
            None => found.push(format!("it has no part `{part}`")),
            Some(becomes) => {
                found.extend(
                    differs(part, held, becomes, None).into_iter().map(|what| format!("`{name}.{part}`: {what}")),
                );
            }
        }
    }
    found
}
