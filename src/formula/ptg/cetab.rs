//! The commands of macro sheets by number: [MS-XLS] 2.5.198.3 (Cetab), those that open, start,
//! write, hide or wait for something. The others draw and format; they print as numbers.

/// The name of a command.
pub(super) fn command(number: u16) -> Option<&'static str> {
    let at = COMMANDS
        .binary_search_by_key(&number, |(number, _)| *number)
        .ok()?;
    COMMANDS.get(at).map(|(_, name)| *name)
}

const COMMANDS: &[(u16, &str)] = &[
    (0, "BEEP"),
    (1, "OPEN"),
    (2, "OPEN.LINKS"),
    (3, "CLOSE.ALL"),
    (4, "SAVE"),
    (5, "SAVE.AS"),
    (6, "FILE.DELETE"),
    (8, "PRINT"),
    (10, "QUIT"),
    (16, "CLOSE"),
    (17, "RUN"),
    (31, "CALCULATE.NOW"),
    (32, "CALCULATION"),
    (49, "CUT"),
    (50, "COPY"),
    (51, "PASTE"),
    (52, "CLEAR"),
    (53, "PASTE.SPECIAL"),
    (54, "EDIT.DELETE"),
    (55, "INSERT"),
    (56, "FILL.RIGHT"),
    (57, "FILL.DOWN"),
    (61, "DEFINE.NAME"),
    (63, "FORMULA.GOTO"),
    (93, "HIDE"),
    (94, "UNHIDE"),
    (95, "WORKSPACE"),
    (96, "FORMULA"),
    (97, "FORMULA.FILL"),
    (98, "FORMULA.ARRAY"),
    (103, "ACTIVATE"),
    (104, "ACTIVATE.NEXT"),
    (105, "ACTIVATE.PREV"),
    (109, "SELECT"),
    (110, "DELETE.NAME"),
    (118, "ALERT"),
    (119, "NEW"),
    (122, "MESSAGE"),
    (124, "PASTE.LINK"),
    (125, "APP.ACTIVATE"),
    (131, "SEND.KEYS"),
    (138, "ON.WINDOW"),
    (139, "ON.DATA"),
    (144, "FILE.CLOSE"),
    (145, "SAVE.WORKBOOK"),
    (148, "ON.TIME"),
    (149, "WAIT"),
    (159, "SET.UPDATE.STATUS"),
    (166, "CHANGE.LINK"),
    (168, "ON.KEY"),
    (172, "APP.MINIMIZE"),
    (188, "OPEN.MAIL"),
    (189, "SEND.MAIL"),
    (201, "UPDATE.LINK"),
    (213, "ASSIGN.TO.OBJECT"),
    (217, "CREATE.PUBLISHER"),
    (218, "SUBSCRIBE.TO"),
    (227, "ON.RECALC"),
    (259, "INSERT.OBJECT"),
    (260, "WINDOW.MINIMIZE"),
    (278, "EDIT.OBJECT"),
    (279, "ON.DOUBLECLICK"),
    (280, "ON.ENTRY"),
    (281, "WORKBOOK.ADD"),
    (321, "ADDIN.MANAGER"),
    (324, "VBAACTIVATE"),
    (328, "VBA.INSERT.FILE"),
    (354, "WORKBOOK.INSERT"),
    (383, "WORKBOOK.HIDE"),
    (384, "WORKBOOK.UNHIDE"),
    (385, "WORKBOOK.DELETE"),
    (424, "LINK.FORMAT"),
    (439, "PIVOT.REFRESH"),
    (440, "LINK.COMBO"),
    (441, "OPEN.TEXT"),
    (456, "SAVE.COPY.AS"),
    (469, "APP.ACTIVATE.MICROSOFT"),
    (471, "ON.SHEET"),
    (475, "FIND.FILE"),
    (478, "VBA.MAKE.ADDIN"),
    (653, "WEB.PUBLISH"),
    (667, "NEWWEBQUERY"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that `spec/excel.md` §3.6 lists.
    #[test]
    fn the_numbers_of_the_specification() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.0 < b.0));
        for (number, name) in [
            (17, "RUN"),
            (96, "FORMULA"),
            (1, "OPEN"),
            (6, "FILE.DELETE"),
            (131, "SEND.KEYS"),
            (148, "ON.TIME"),
            (201, "UPDATE.LINK"),
            (2, "OPEN.LINKS"),
            (166, "CHANGE.LINK"),
            (218, "SUBSCRIBE.TO"),
        ] {
            assert_eq!(command(number), Some(name));
        }
        assert_eq!(command(7), None);
    }
}
