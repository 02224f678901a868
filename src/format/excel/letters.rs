//! The characters that make a text worth reading: what may begin a formula, and what a formula needs
//! to mention a link. Most texts of a workbook have none of them (`spec/excel.md` §5.1).

/// Whether a character may stand before the `=` of a text that would become a formula.
pub(super) fn is_leading(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{2064}' | '\u{feff}')
}

/// Whether a text that begins with `c` may be a formula: the triggers, as they are and full-width.
pub(super) fn may_trigger(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

/// As [`may_trigger`], where `_` may begin the escape of a trigger (`_x003D_`).
pub(super) fn may_trigger_escaped(c: char) -> bool {
    may_trigger(c) || c == '_'
}

/// A character without which a text mentions no link: the DDE separator, the parenthesis of a
/// call, as they are or in disguise.
pub(super) fn is_telling(c: char) -> bool {
    matches!(c, '|' | '(' | '_') || !c.is_ascii()
}

/// As [`is_telling`], for what is a formula for certain: the path of another workbook may stand in
/// it as well.
pub(super) fn is_telling_or_path(c: char) -> bool {
    is_telling(c) || matches!(c, '\\' | ':')
}

/// As [`is_telling`], where `[1]` is an external reference, and not a part of `R[1]C[1]`.
pub(super) fn is_telling_or_bracket(c: char) -> bool {
    is_telling(c) || c == '['
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spec/excel.md` §5.1: the triggers of Excel, and the same as a Japanese keyboard writes them.
    #[test]
    fn triggers_are_told_from_what_stands_before_them() {
        for c in "=+-@＝＋－＠".chars() {
            assert!(
                may_trigger(c) && may_trigger_escaped(c) && !is_leading(c),
                "{c:?}"
            );
        }
        for c in " \t\u{0}\u{a0}\u{ad}\u{200b}\u{2060}\u{feff}".chars() {
            assert!(is_leading(c) && !may_trigger(c), "{c:?}");
        }
        assert!(may_trigger_escaped('_') && !may_trigger('_'));
        assert!(
            "a0\"'"
                .chars()
                .all(|c| !is_leading(c) && !may_trigger_escaped(c))
        );
    }

    #[test]
    fn letters_and_digits_tell_nothing() {
        let tells = |text: &str| {
            [is_telling, is_telling_or_path, is_telling_or_bracket]
                .map(|tells| text.contains(tells))
        };
        assert_eq!(tells("SUM=A1*2,'x'!B$3"), [false, false, false]);
        assert_eq!(tells("a|b"), [true, true, true]);
        assert_eq!(tells("a｜b"), [true, true, true]);
        assert_eq!(tells("_xlfn"), [true, true, true]);
        assert_eq!(tells("'C:\\a.xls'!x"), [false, true, false]);
        assert_eq!(tells("[1]!x"), [false, false, true]);
    }
}
