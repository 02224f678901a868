//! Mail, through the analyser.
