//! Word's field language.
