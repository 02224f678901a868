use super::*;
use crate::limits::Limits;
use crate::link::{Kind, Link, TechniqueId, Trigger};

fn links(bytes: &[u8]) -> Vec<Link> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger =
        Ledger::new(&limits, &mut judge).with_programs(|_| false, |name| name == "cmd");
    let outcome = read(bytes, &Location::root(Some("a.slk")), &budget, &mut ledger);
    assert_eq!(outcome.ended, Ok(()));
    assert!(ledger.close().0.is_empty());
    links
}

fn triple(link: &Link) -> [&str; 3] {
    let reading = &link.readings[0];
    [&reading.service, &reading.topic, &reading.item]
        .map(|part| part.as_deref().unwrap_or_default())
}

#[track_caller]
fn only(bytes: &[u8]) -> Link {
    let mut links = links(bytes);
    assert_eq!(links.len(), 1, "{links:#?}");
    links.remove(0)
}

/// `spec/excel.md` §4.4, 1.
#[test]
fn an_expression_of_a_cell() {
    for end in ["\r\n", "\n", "\r"] {
        let text = ["ID;PWXL;N;E", "C;Y1;X1;K0;Ecmd|'/C calc'!A0", "E", ""].join(end);
        let link = only(text.as_bytes());
        assert_eq!(triple(&link), ["cmd", "/C calc", "A0"]);
        assert_eq!(link.kind, Kind::Dde);
        assert_eq!(link.location.cell(), Some("A1"));
        assert_eq!(link.confidence, Confidence::High);
    }
}

/// §4.4, 2.
#[test]
fn the_function_of_libreoffice() {
    for (program, confidence) in [
        ("CALCOOO32", Confidence::High),
        ("WXL;N;E", Confidence::Medium),
    ] {
        let text = format!("ID;P{program}\nC;Y1;X1;K0;EDDE(\"cmd\";;\"/C calc\";;\"A0\")\nE\n");
        let link = only(text.as_bytes());
        assert_eq!(triple(&link), ["cmd", "/C calc", "A0"]);
        assert_eq!(link.confidence, confidence);
    }
}

/// §4.4, 3: the published sample, and the disguises of §4.2.
#[test]
fn a_macro_that_runs_by_itself() {
    let published = "ID;P\nO;E\nNN;NAuto_open;ER101C1;KOut Flank;F\nC;X1;Y101;EEXEC(\"CALC.EXE\")\n\
                     C;X1;Y102;EHALT()\nE\n";
    let late = "ID;P\r\nNN;N\0Auto _opeN;ER1C1;G\r\nC;X1;Y1;EEXEC(\"CALC.EXE\")\r\no;p;e\r\nE";
    for text in [published, late] {
        let link = only(text.as_bytes());
        assert_eq!(link.kind, Kind::Execute);
        assert_eq!(link.trigger, Trigger::Open);
        assert_eq!(link.target.as_deref(), Some("CALC.EXE"));
        assert_eq!(link.confidence, Confidence::High);
    }
    // Without a macro sheet it most likely does nothing.
    let link = only(b"ID;P\nC;X1;Y1;EEXEC(\"CALC.EXE\")\nE\n");
    assert_eq!(link.kind, Kind::Execute);
    assert_eq!(link.confidence, Confidence::Medium);
}

/// §4.4, 4.
#[test]
fn doubled_semicolons_stand_for_one() {
    let link = only(b"ID;PWXL\nC;Y1;X1;K0;Ecmd|'/c a;;b'!A0\nE\n");
    assert_eq!(triple(&link), ["cmd", "/c a;b", "A0"]);
}

/// §4.4, 6.
#[test]
fn a_text_is_inert() {
    for text in [
        "ID;PWXL\nC;Y1;X1;K\"=cmd|'/c calc'!A0\"\nE\n",
        "ID;PWXL\nC;Y1;X1;K\"=cmd|'/c a;b'!A0\";G\nE\n",
    ] {
        assert_eq!(only(text.as_bytes()).kind, Kind::Inert);
    }
}

#[test]
fn names_arrays_and_cells_that_share() {
    let link = only(b"id;p\nnn;nrate;ecmd|'/C calc'!A0\nC;Y4;X2;K0;Erate\nE\n");
    assert_eq!(link.carrier, Carrier::Name);
    assert_eq!(link.location.cell(), Some("defined name rate"));
    let link = only(b"ID;P\nC;Y4;X2;R4;C2;K0;Mcmd|'/C calc'!A0\nE\n");
    assert_eq!(link.location.cell(), Some("B4"));
    let link = only(b"ID;P\nC;Y4;X2;K0;D;Ecmd|'/C calc'!A0\nC;Y5;K0;S;R4;C2\nE\n");
    assert_eq!(link.used_by, ["B4", "B5"]);
    // Coordinates stay in force.
    let link = only(b"ID;P\nC;Y7;X3;K1\nC;Y8;K1;Ecmd|'/C calc'!A0\nE\n");
    assert_eq!(link.location.cell(), Some("C8"));
}

#[test]
fn fillers_and_escapes_are_dropped() {
    let link = only(b"ID;P\nC;X1;Y1;E\0c\x1bm\0d|'/C calc'!A0\nE\n");
    assert_eq!(triple(&link), ["cmd", "/C calc", "A0"]);
    assert!(link.has(TechniqueId::FillerCharacters));
    let wide: Vec<u8> = "\u{feff}ID;P\nC;X1;Y1;Ecmd|'/C calc'!A0\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(triple(&only(&wide)), ["cmd", "/C calc", "A0"]);
}

#[test]
fn files_of_external_references() {
    let link = only(b"ID;P\nNE;E\"\\\\h.example\\s\\a.xls\"\nE\n");
    assert_eq!(link.kind, Kind::ExternalLink);
    assert_eq!(link.carrier, Carrier::ExternalWorkbook);
    assert_eq!(link.target.as_deref(), Some("\\\\h.example\\s\\a.xls"));
}

/// §4.3: the other lines are text.
#[test]
fn both_scanners_run() {
    let link = only(b"ID;PWXL\nC;X1;Y1;K1\nE\n=cmd|'/c calc'!A0\n");
    assert_eq!(triple(&link), ["cmd", "/c calc", "A0"]);
}

#[test]
fn an_ordinary_sheet_is_silent() {
    let text = "ID;PWXL;N;E\nP;PGeneral\nP;ECalibri;M220\nB;Y3;X2\nC;Y1;X1;K\"a | b!\"\n\
                C;X2;K3;ESUM(RC[-1],1)\nC;Y2;X1;K\"-x\"\nO;L;D;V0\nE\n";
    assert!(links(text.as_bytes()).is_empty());
}

#[test]
fn many_cells_that_share_a_formula_are_linear() {
    let mut text = format!("ID;P\nC;Y1;X1;D;E{}cmd|'/c calc'!A0\n", "1+".repeat(400));
    for row in 2..200_000 {
        text += &format!("C;Y{row};S;R1;C1\n");
    }
    assert_eq!(links(text.as_bytes()).len(), 1);
}
