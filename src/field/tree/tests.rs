use super::*;
use crate::limits::Limits;

fn field(forest: &mut Forest, text: &str, budget: &Budget<'_>) {
    forest.begin(Begin::default(), budget).unwrap();
    forest.text(text, Style::default(), budget).unwrap();
    forest.end(budget).unwrap();
}

fn instruction(forest: &Forest, node: u32) -> String {
    let node = forest.node(node).unwrap();
    forest
        .instruction(node)
        .iter()
        .map(|piece| forest.piece_text(piece, false))
        .collect()
}

#[test]
fn the_account_knows_the_sizes() {
    assert!(u64::try_from(size_of::<Node>()).unwrap() <= NODE);
    assert!(u64::try_from(size_of::<Piece>()).unwrap() <= PIECE);
    assert!(u64::try_from(size_of::<Cell>()).unwrap() <= CELL);
}

#[test]
fn page_numbers_cost_no_memory() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    for _ in 0..200_000 {
        field(&mut forest, " PAGE ", &budget);
    }
    assert_eq!(forest.roots().count(), 0);
    assert!(forest.pieces.capacity() < 16 && forest.cells.capacity() < 16);
    assert_eq!(
        forest.begin(Begin::default(), &budget),
        Err(Exhausted::Limit(Limit::Fields))
    );
    forest.clear(&budget);
    assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
}

#[test]
fn page_numbers_in_the_result_of_an_open_field_cost_none_either() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("TOC", Style::default(), &budget).unwrap();
    forest.separate(&budget).unwrap();
    for _ in 0..10_000 {
        field(&mut forest, " PAGE ", &budget);
    }
    assert!(forest.nodes.is_empty() && forest.pieces.len() < 4);
}

#[test]
fn a_long_instruction_is_cut_and_noted() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest
        .begin(
            Begin {
                offset: 7,
                ..Begin::default()
            },
            &budget,
        )
        .unwrap();
    forest
        .text("DDEAUTO cmd \"/k ", Style::default(), &budget)
        .unwrap();
    let chunk = "ä".repeat(1 << 20);
    for _ in 0..100 {
        forest.text(&chunk, Style::default(), &budget).unwrap();
    }
    forest.end(&budget).unwrap();
    let reached: Vec<_> = forest.reached().collect();
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].limit, Limit::InstructionBytes);
    assert_eq!((reached[0].number, reached[0].offset), (1, 7));
    assert!(forest.text.len() <= 64 << 10);
    assert_eq!(forest.roots().count(), 1);
}

#[test]
fn a_long_citation_is_no_gap() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin(Begin::default(), &budget).unwrap();
    forest
        .text(" ADDIN ZOTERO_ITEM {", Style::default(), &budget)
        .unwrap();
    forest
        .text(&"x".repeat(1 << 20), Style::default(), &budget)
        .unwrap();
    forest.end(&budget).unwrap();
    assert_eq!(forest.reached().count(), 0);
    assert_eq!(forest.roots().count(), 0);
}

#[test]
fn fields_deeper_than_the_limit_are_noted() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    for _ in 0..10_000 {
        forest.begin(Begin::default(), &budget).unwrap();
    }
    forest.text("lost", Style::default(), &budget).unwrap();
    assert_eq!(forest.depths(), [10_000; 3]);
    for _ in 0..(10_000 - 128) {
        forest.end(&budget).unwrap();
    }
    forest
        .text("DDEAUTO cmd", Style::default(), &budget)
        .unwrap();
    forest.end_part();
    assert_eq!(forest.reached().next().unwrap().limit, Limit::OpenFields);
    assert_eq!(forest.roots().count(), 1);
    assert!(forest.cells.is_empty());
}

#[test]
fn a_story_inside_a_field_is_another_flow() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
    forest.begin_story();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("DDE inner", Style::default(), &budget).unwrap();
    forest.end_story();
    forest.text("outer", Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    let texts: Vec<_> = forest
        .roots()
        .map(|root| instruction(&forest, root))
        .collect();
    assert_eq!(texts, ["DDE inner", "DDEAUTO outer"]);
}

#[test]
fn readers_share_what_they_have_in_common() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
    forest.restrict(Readers::WORD);
    forest.text("first", Style::default(), &budget).unwrap();
    forest.restrict(Readers::OLDER.with(Readers::LAX));
    forest.text("second", Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    forest.restrict(Readers::ALL);
    forest.text(" more", Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    let texts: Vec<_> = forest
        .roots()
        .map(|root| instruction(&forest, root))
        .collect();
    assert_eq!(texts, ["DDEAUTO second", "DDEAUTO first more"]);
    assert!(forest.is_idle() && forest.cells.is_empty());
}

#[test]
fn a_story_for_one_reader_leaves_the_others_where_they_are() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
    forest.isolate(Readers::LAX);
    forest.text("a", Style::default(), &budget).unwrap();
    forest.begin(Begin::default(), &budget).unwrap();
    forest.text("DDE x", Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    forest.end_story();
    forest.text("b", Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    let texts: Vec<_> = forest
        .roots()
        .map(|root| instruction(&forest, root))
        .collect();
    assert_eq!(texts, ["DDE x", "DDEAUTO ab", "DDEAUTO b"]);
}

#[test]
fn storms_of_marks_and_branches_stay_small() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    for _ in 0..100_000 {
        forest.end(&budget).unwrap();
        forest.separate(&budget).unwrap();
    }
    forest.begin(Begin::default(), &budget).unwrap();
    let text = "DDE ".repeat(10_000);
    forest.text(&text, Style::default(), &budget).unwrap();
    for _ in 0..50_000 {
        for readers in [Readers::WORD, Readers::OLDER, Readers::LAX, Readers::ALL] {
            forest.restrict(readers);
            forest.end(&budget).unwrap();
        }
    }
    forest.end_part();
    // The text is shared, whatever the number of branches.
    assert!(forest.text.len() < 65_536);
    assert!(forest.cells.len() < 10);
    assert_eq!(forest.roots().count(), 3);
}

#[test]
fn any_order_of_marks_is_accepted() {
    let limits = Limits::default();
    let sets = [
        Readers::ALL,
        Readers::ALL,
        Readers::WORD,
        Readers::LAX,
        Readers::OLDER.with(Readers::LAX),
        Readers::WORD.with(Readers::LAX),
        Readers::NOBODY,
    ];
    for seed in 1..60_u64 {
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        let mut state = seed;
        for _ in 0..3_000 {
            // Knuth's MMIX generator.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let set = sets[usize::try_from((state >> 40) % 7).unwrap()];
            match (state >> 33) % 14 {
                0..=2 => forest.begin(Begin::default(), &budget).unwrap(),
                3 => forest.separate(&budget).unwrap(),
                4..=5 => forest.end(&budget).unwrap(),
                6 => forest.text("DDEAUTO ", Style::TRIMMED, &budget).unwrap(),
                7 => forest.text("PAGE x", Style::OPTIONAL, &budget).unwrap(),
                8..=9 => forest.restrict(set),
                10 => forest.isolate(set),
                11 => forest.end_story(),
                12 => {
                    let mut depths = forest.depths();
                    depths[0] = depths[0].saturating_sub(1);
                    forest.end_to(depths, &budget).unwrap();
                }
                _ => forest.next_element(),
            }
            // What lies below lies before: no way through the cells goes round.
            for (at, cell) in forest.cells.iter().enumerate() {
                assert!(cell.below == NONE || index(cell.below) < at);
            }
            for (at, piece) in forest.pieces.iter().enumerate() {
                assert!(piece.prev == NONE || index(piece.prev) < at);
                assert!(
                    piece
                        .field()
                        .is_none_or(|child| index(child) < forest.nodes.len())
                );
            }
            for head in forest.story {
                assert!(head.top == NONE || index(head.top) < forest.cells.len());
            }
        }
        forest.end_part();
        assert!(forest.is_idle() && forest.cells.is_empty());
        for root in forest.roots() {
            let node = forest.node(root).unwrap();
            // Every piece of every root is still there.
            for piece in forest.instruction(node) {
                match piece.field() {
                    Some(child) => assert!(child < root, "children come first"),
                    None => assert!(!forest.piece_text(&piece, true).is_empty()),
                }
            }
        }
        forest.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }
}
