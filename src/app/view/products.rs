//! What a case's workflow computes of what was chosen, for whoever reads all that it is computed of.

use schemars::JsonSchema;
use serde::Serialize;

use super::FieldView;
use crate::workflow::definition::Definition;

/// A product of choices, such as a risk.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProductView {
    /// The product.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it means.
    pub help: Option<String>,
    /// What it comes to.
    pub value: u64,
    /// The most that it can come to.
    pub most: u64,
    /// The fields that are multiplied.
    pub of: Vec<String>,
}

/// The products whose every factor is among the values that the reader sees, in the order of the file.
pub(super) fn products(definition: &Definition, fields: &[FieldView]) -> Vec<ProductView> {
    let chosen = |factor: &str| fields.iter().find(|field| field.field == factor)?.value.as_str();
    let views = definition.products.iter().filter_map(|(id, product)| {
        Some(ProductView {
            id: id.clone(),
            title: product.title.clone(),
            help: product.help.clone(),
            value: product.value(definition, chosen)?,
            most: product.most(definition),
            of: product.of.clone(),
        })
    });
    views.collect()
}
