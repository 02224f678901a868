//! Members of types: `[Convert]::FromBase64String`, `[string]::Join`, `[Text.Encoding]::Unicode`
//! and the like (.NET's documentation of each).

use super::encoding::{Encoding, base64};
use super::replace::Pattern;
use super::value::Value;
use super::{Folder, Piece, format, stream};
use crate::link::TechniqueId;
use crate::text::percent_decoded;

impl Folder<'_, '_> {
    pub(super) fn static_member(
        &mut self,
        class: &str,
        name: &str,
        arguments: Option<&[Piece]>,
    ) -> Option<Value> {
        let list = arguments.unwrap_or_default();
        let argument = |at: usize| list.get(at).and_then(|piece| piece.value.clone());
        let text = |at: usize| argument(at).and_then(Value::into_text);
        match (class, name) {
            ("convert", "frombase64string") => {
                let text = text(0)?;
                if !self.fuel.pay(text.len()) {
                    return None;
                }
                let bytes = base64(&text)?;
                self.note(TechniqueId::Base64);
                Some(Value::Bytes(bytes))
            }
            ("convert", "frombase64chararray") => {
                let text = argument(0)?.joined("")?;
                self.note(TechniqueId::Base64);
                self.paid_bytes(base64(&text)?)
            }
            ("convert", "toint16" | "toint32" | "toint64" | "tobyte" | "touint32" | "touint16") => {
                let value = argument(0)?;
                let Some(base) = argument(1) else {
                    return Some(Value::Int(value.int()?));
                };
                let radix = match base.int()? {
                    2 => 2,
                    8 => 8,
                    10 => 10,
                    16 => 16,
                    _ => return None,
                };
                let text = value.into_text()?;
                let text = text.trim_start_matches("0x");
                self.note(TechniqueId::HexCodes);
                Some(Value::Int(i64::from_str_radix(text, radix).ok()?))
            }
            ("convert", "tochar") => self.cast("char", argument(0)?),
            ("convert", "tostring") => self.cast("string", argument(0)?),
            ("char", "convertfromutf32") | ("char", "parse") => self.cast("char", argument(0)?),
            ("text.encoding", "getencoding") => {
                Encoding::named(&text(0)?.to_lowercase()).map(Value::Encoding)
            }
            ("text.encoding", name) => Encoding::named(name).map(Value::Encoding),
            ("text.asciiencoding" | "text.unicodeencoding" | "text.utf8encoding", _) => {
                let own = class.strip_prefix("text.").unwrap_or(class);
                Encoding::named(name)
                    .or_else(|| Encoding::named(own))
                    .map(Value::Encoding)
            }
            ("string", "join") => {
                let between = text(0)?;
                let rest = match list.get(1..)? {
                    [one] => one.value.clone()?,
                    more => Value::List(
                        more.iter()
                            .map(|piece| piece.value.clone())
                            .collect::<Option<_>>()?,
                    ),
                };
                self.join(&rest, &between)
            }
            ("string", "concat") => {
                let values = list
                    .iter()
                    .map(|piece| piece.value.clone())
                    .collect::<Option<_>>()?;
                self.join(&Value::List(values), "")
            }
            ("string", "new") => {
                let value = argument(0)?;
                self.join(&value, "")
            }
            ("string", "format") => {
                let items = match list.get(1..)? {
                    [one] => match one.value.clone()? {
                        Value::List(items) => items,
                        item => vec![item],
                    },
                    more => more
                        .iter()
                        .map(|piece| piece.value.clone())
                        .collect::<Option<_>>()?,
                };
                let text = format::formatted(&text(0)?, &items, self.fuel)?;
                self.note(TechniqueId::FormatOperator);
                self.paid(Value::Text(text))
            }
            ("array", "reverse") => {
                let name = list.first()?.variable.clone()?.to_lowercase();
                let mut items = match self.variables.remove(&name)? {
                    Value::List(items) => items,
                    Value::Bytes(bytes) => Value::Bytes(bytes).into_list(),
                    _ => return None,
                };
                items.reverse();
                self.note(TechniqueId::ReversedText);
                self.variables.insert(name, Value::List(items));
                None
            }
            ("regex" | "text.regularexpressions.regex", "replace") => {
                let (subject, pattern, with) = (text(0)?, text(1)?, text(2)?);
                let with = super::replace::substitution(&with)?;
                let text = Pattern::regex(&pattern, false)?.replace(&subject, &with, self.fuel)?;
                self.note(TechniqueId::ReplacedText);
                Some(Value::Text(text))
            }
            ("regex" | "text.regularexpressions.regex", "split") => {
                self.split(argument(0)?, &Pattern::regex(&text(1)?, false)?)
            }
            ("regex" | "text.regularexpressions.regex", "matches") => {
                let mut letters: Vec<Value> = text(0)?.chars().map(Value::Char).collect();
                if text(1)? != "." {
                    return None;
                }
                if let Some(options) = text(2) {
                    if !options.to_ascii_lowercase().contains("righttoleft") {
                        return None;
                    }
                    letters.reverse();
                    self.note(TechniqueId::ReversedText);
                }
                self.paid(Value::List(letters))
            }
            ("regex" | "text.regularexpressions.regex", "unescape") => {
                let text = text(0)?;
                (!text.contains('\\')).then_some(Value::Text(text))
            }
            ("text.regularexpressions.regexoptions", "righttoleft") => {
                Some(Value::Text("RightToLeft".to_owned()))
            }
            ("scriptblock" | "management.automation.scriptblock", "create") => {
                let code = text(0)?;
                self.paid(Value::Code(code))
            }
            ("io.memorystream", "new") => {
                let bytes = argument(0)?.bytes()?;
                self.fuel.pay(bytes.len()).then_some(Value::Stream(bytes))
            }
            ("io.compression.compressionmode", mode) => Some(Value::Text(mode.to_owned())),
            (_, "new") => self.object(class, list),
            ("environment", "getenvironmentvariable") => {
                let name = format!("env:{}", text(0)?);
                Some(self.variable_value(&name)?.0)
            }
            ("net.webutility" | "web.httputility", "urldecode") | ("uri", "unescapedatastring") => {
                let text = text(0)?;
                if !self.fuel.pay(text.len()) {
                    return None;
                }
                let text = if class == "uri" {
                    text
                } else {
                    text.replace('+', " ")
                };
                let decoded = percent_decoded(&text);
                let decoded = String::from_utf8_lossy(&decoded).into_owned();
                self.note(TechniqueId::PercentEncoding);
                Some(Value::Text(decoded))
            }
            _ => None,
        }
    }

    /// `New-Object class(arguments)`.
    pub(super) fn object(&mut self, class: &str, arguments: &[Piece]) -> Option<Value> {
        let first = || arguments.first().and_then(|piece| piece.value.clone());
        match class {
            "io.memorystream" => {
                let value = match first()? {
                    // `(,$bytes)`.
                    Value::List(list) if matches!(list.as_slice(), [Value::Bytes(_)]) => {
                        list.into_iter().next()?
                    }
                    value => value,
                };
                let bytes = value.bytes()?;
                self.fuel.pay(bytes.len()).then_some(Value::Stream(bytes))
            }
            "io.compression.gzipstream" | "io.compression.deflatestream" => {
                let Value::Stream(bytes) = first()? else {
                    return None;
                };
                let clear = stream::unfolded(class, &bytes, self.fuel);
                if clear.is_none() {
                    self.stuck = true;
                }
                self.note(TechniqueId::CompressedStream);
                Some(Value::Stream(clear?))
            }
            "io.streamreader" => {
                let Value::Stream(bytes) = first()? else {
                    return None;
                };
                let encoding = match arguments.get(1).and_then(|piece| piece.value.clone()) {
                    Some(Value::Encoding(encoding)) => encoding,
                    _ => Encoding::Utf8,
                };
                let text = encoding.decode(&bytes);
                self.fuel
                    .pay(text.len())
                    .then(|| Value::Stream(text.into_bytes()))
            }
            "string" => {
                let value = first()?;
                self.join(&value, "")
            }
            class => {
                let own = class.strip_prefix("text.")?;
                Encoding::named(own).map(Value::Encoding)
            }
        }
    }
}
