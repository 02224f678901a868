//! `ddetect limits`: the keys of `--limits`, with the values of the presets.

use std::io::{self, Write};

use ddetect::{Limit, Limits};

pub(crate) fn print(out: &mut dyn Write) -> io::Result<()> {
    let presets = [Limits::default(), Limits::gateway(), Limits::analyst()];
    writeln!(
        out,
        "{:<18} {:>8} {:>8} {:>8}",
        "KEY", "default", "gateway", "analyst"
    )?;
    for limit in Limit::ALL {
        let [default, gateway, analyst] = presets.each_ref().map(|p| short(p.value(*limit)));
        writeln!(
            out,
            "{:<18} {default:>8} {gateway:>8} {analyst:>8}  {}",
            limit.key(),
            limit.about()
        )?;
    }
    writeln!(
        out,
        "\nSet one with 'ddetect scan --limits KEY=N'; k, m and g are KiB, MiB and GiB."
    )
}

/// A number the way `--limits` takes it, with the largest suffix that divides it.
pub(crate) fn short(value: u64) -> String {
    for (suffix, shift) in [("g", 30), ("m", 20), ("k", 10)] {
        if value > 0 && value.is_multiple_of(1 << shift) {
            return format!("{}{suffix}", value >> shift);
        }
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_line() {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        for limit in Limit::ALL {
            assert!(out.contains(limit.key()), "{}", limit.key());
        }
        assert!(out.contains("128m"), "the default of input-bytes");
    }

    #[test]
    fn short_numbers_are_exact() {
        assert_eq!(short(0), "0");
        assert_eq!(short(20_000), "20000");
        assert_eq!(short(64 << 10), "64k");
        assert_eq!(short(1 << 30), "1g");
        assert_eq!(short((1 << 30) + 1), "1073741825");
    }
}
