//! The variables of a command interpreter: those that Windows sets and those that the command sets.
//!
//! Values of Windows: "Recognized Environment Variables" (Microsoft, User State Migration Tool) and
//! the defaults of an installation on drive C in English. What depends on the user or the machine
//! is kept symbolic.

use std::collections::BTreeMap;

/// Stands in a value for what nobody knows who only has the document.
pub(super) const USER: &str = "%USERNAME%";

/// Variables whose value is the same on every ordinary installation.
const SAME: &[(&str, &str)] = &[
    ("ALLUSERSPROFILE", "C:\\ProgramData"),
    ("CommonProgramFiles", "C:\\Program Files\\Common Files"),
    (
        "CommonProgramFiles(x86)",
        "C:\\Program Files (x86)\\Common Files",
    ),
    ("CommonProgramW6432", "C:\\Program Files\\Common Files"),
    ("ComSpec", "C:\\Windows\\system32\\cmd.exe"),
    ("CMDEXTVERSION", "2"),
    ("DriverData", "C:\\Windows\\System32\\Drivers\\DriverData"),
    ("HOMEDRIVE", "C:"),
    ("OS", "Windows_NT"),
    (
        "Path",
        "C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;\
         C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\",
    ),
    (
        "PATHEXT",
        ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
    ),
    ("ProgramData", "C:\\ProgramData"),
    ("ProgramFiles", "C:\\Program Files"),
    ("ProgramFiles(x86)", "C:\\Program Files (x86)"),
    ("ProgramW6432", "C:\\Program Files"),
    ("PROMPT", "$P$G"),
    (
        "PSModulePath",
        "C:\\Program Files\\WindowsPowerShell\\Modules;\
         C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules",
    ),
    ("PUBLIC", "C:\\Users\\Public"),
    ("SystemDrive", "C:"),
    ("SystemRoot", "C:\\Windows"),
    ("windir", "C:\\Windows"),
];

/// Variables of the user and of the machine: they stay as they are written unless a piece of them
/// is taken.
const VARIES: &[(&str, &str)] = &[
    ("APPDATA", "C:\\Users\\%USERNAME%\\AppData\\Roaming"),
    ("HOMEPATH", "\\Users\\%USERNAME%"),
    ("LOCALAPPDATA", "C:\\Users\\%USERNAME%\\AppData\\Local"),
    ("PROCESSOR_ARCHITECTURE", "AMD64"),
    ("PROCESSOR_LEVEL", "6"),
    ("SESSIONNAME", "Console"),
    ("TEMP", "C:\\Users\\%USERNAME%\\AppData\\Local\\Temp"),
    ("TMP", "C:\\Users\\%USERNAME%\\AppData\\Local\\Temp"),
    ("USERPROFILE", "C:\\Users\\%USERNAME%"),
];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// What the command itself set.
    Own(&'a str),
    /// What Windows sets.
    Same(&'a str),
    /// What Windows sets, except that it depends on the user or the machine.
    Varies(&'a str),
}

/// The variables while a line runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    own: BTreeMap<String, (String, Option<String>)>,
}

impl Environment {
    /// The value of a variable, whatever the case of its name.
    pub(super) fn value(&self, name: &str) -> Option<Value<'_>> {
        if name.is_empty() {
            return None;
        }
        if let Some((_, value)) = self.own.get(&name.to_ascii_lowercase()) {
            return value.as_deref().map(Value::Own);
        }
        let among = |table: &'static [(&str, &'static str)]| {
            let found = table
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| *value)
        };
        let same = among(SAME).map(Value::Same);
        same.or_else(|| among(VARIES).map(Value::Varies))
    }

    /// Sets a variable; an empty value removes it.
    pub(super) fn set(&mut self, name: &str, value: String) {
        if !name.is_empty() {
            let value = (!value.is_empty()).then_some(value);
            let key = name.to_ascii_lowercase();
            self.own.insert(key, (name.to_owned(), value));
        }
    }

    /// Whether the command set anything.
    pub(super) fn has_own(&self) -> bool {
        self.own.values().any(|(_, value)| value.is_some())
    }

    /// Bytes of what the command set.
    pub(super) fn size(&self) -> usize {
        let sizes = self.own.iter().map(|(name, (_, value))| {
            let value = value.as_deref().unwrap_or_default();
            name.len().saturating_add(value.len())
        });
        sizes.fold(0, usize::saturating_add)
    }

    /// What `set` prints: the variables whose name begins with a prefix, in their order.
    pub(super) fn listing(&self, prefix: &str) -> String {
        let prefix = prefix.to_ascii_lowercase();
        let mut rows: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        for (name, value) in SAME.iter().chain(VARIES) {
            rows.insert(name.to_ascii_lowercase(), (name, value));
        }
        for (key, (name, value)) in &self.own {
            match value {
                Some(value) => rows.insert(key.clone(), (name, value)),
                None => rows.remove(key),
            };
        }
        // What cmd.exe computes is not part of the environment.
        rows.remove("cmdextversion");
        let mut text = String::new();
        for (_, (name, value)) in rows.iter().filter(|(key, _)| key.starts_with(&prefix)) {
            text.extend([*name, "=", *value, "\n"]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case() {
        let mut env = Environment::default();
        assert_eq!(
            env.value("COMSPEC"),
            Some(Value::Same("C:\\Windows\\system32\\cmd.exe"))
        );
        assert_eq!(env.value("x"), None);
        assert_eq!(env.value(""), None);
        env.set("X", "calc".into());
        assert_eq!(env.value("x"), Some(Value::Own("calc")));
        env.set("x", String::new());
        assert_eq!(env.value("X"), None);
        env.set("windir", "q".into());
        assert_eq!(env.value("WINDIR"), Some(Value::Own("q")));
    }

    #[test]
    fn the_listing_of_set() {
        let mut env = Environment::default();
        env.set("psx", "1".into());
        let text = env.listing("PS");
        assert!(text.starts_with("PSModulePath=C:\\Program Files\\WindowsPowerShell"));
        assert!(text.ends_with("psx=1\n"));
    }
}
