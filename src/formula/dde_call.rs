//! LibreOffice's `DDE("service";"topic";"item")` (`spec/excel.md` §7.2, A.6).

use super::functions::{Call, Class, Folded};

/// The triple of one `DDE(…)` call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DdeCall {
    pub(crate) service: String,
    pub(crate) topic: String,
    pub(crate) item: Option<String>,
    /// Whether the service is constant; what is not stands as `<expr>`. A feed often takes its item
    /// from a cell, and a service that is known says enough.
    pub(crate) known: bool,
}

/// The triple that `call` asks for, when it is a call of DDE with at least a service and a topic.
/// One argument is some other program's function of that name.
pub(crate) fn triple(call: &Call) -> Option<DdeCall> {
    if call.class != Class::DdeFunction {
        return None;
    }
    let [service, topic, rest @ ..] = call.arguments.as_slice() else {
        return None;
    };
    let item: Option<&Folded> = rest.first();
    Some(DdeCall {
        service: service.text.clone(),
        topic: topic.text.clone(),
        item: item.map(|item| item.text.clone()),
        known: service.constant,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::functions::calls;

    fn first(text: &str) -> Option<DdeCall> {
        calls(text).find_map(|call| triple(&call))
    }

    fn dde(service: &str, topic: &str, item: &str, known: bool) -> Option<DdeCall> {
        Some(DdeCall {
            service: service.to_owned(),
            topic: topic.to_owned(),
            item: Some(item.to_owned()),
            known,
        })
    }

    #[test]
    fn both_separators_and_any_case() {
        let expected = dde("cmd", "/C calc", "A0", true);
        assert_eq!(first("of:=DDE(\"cmd\";\"/C calc\";\"A0\")"), expected);
        assert_eq!(first("dde (\"cmd\",\"/C calc\",\"A0\")"), expected);
        assert_eq!(
            first("1+IF(DDE(\"c\"&\"md\";CONCATENATE(\"/C\";\" calc\");CHAR(65)&0;1);2)"),
            expected
        );
        // Lists print it without `=` and with junk after it (§5.5).
        assert_eq!(
            first("DDE(\"cmd\";\"/C calc\";\"!A0\")A0"),
            dde("cmd", "/C calc", "!A0", true)
        );
    }

    #[test]
    fn unknown_arguments_are_placeholders() {
        assert_eq!(
            first("DDE(A1;\"/c \"&B1;C1)"),
            dde("<expr>", "/c <expr>", "<expr>", false)
        );
    }

    #[test]
    fn other_functions_of_the_name_are_none() {
        for text in [
            "MYDDE(\"a\";\"b\";\"c\")",
            "X.DDE(\"a\";\"b\")",
            "_DDE(1;2)",
            "DDE(1)",
            "\"DDE(1;2;3)\"",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
