//! Form fields: what their settings say is what their bookmark says (`spec/word.md` §1.2).
//!
//! # Malformed input
//!
//! Names and values count in any order; each value is told under each name.
//!
//! # Worst cases
//!
//! [`VALUES`] values of a form field are kept, which is more than an environment keeps of a name.

use super::Gather;
use crate::limits::Budget;
use crate::markup::xml::Tag;

/// Values that are kept: a list has no more than 25 entries in Word.
const VALUES: usize = 32;

/// The form field whose settings are read.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) open: bool,
    name: Option<String>,
    values: Vec<String>,
}

impl Form {
    pub(super) fn begun() -> Self {
        Form {
            open: true,
            ..Form::default()
        }
    }
}

impl Gather {
    /// An element of the settings of a form field.
    pub(super) fn form_value(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(value) = tag
            .attribute("val")
            .filter(|value| !value.trim().is_empty())
        else {
            return;
        };
        if tag.name.local == "name" {
            self.form.name = self.document.keep(&value, budget);
        } else if self.form.values.len() < VALUES {
            let value = self.document.keep(&value, budget);
            self.form.values.extend(value);
        }
    }

    /// The settings are over.
    pub(super) fn end_form(&mut self, budget: &Budget<'_>) {
        let form = std::mem::take(&mut self.form);
        let Some(name) = form.name else {
            return;
        };
        for value in form.values {
            if !self.document.environment.passage(&name, &value, budget) {
                self.document.note_short();
            }
        }
    }
}
