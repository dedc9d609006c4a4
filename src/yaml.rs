//! YAML as a tree that knows where each value stands, and a decoder that collects every fault instead of stopping at
//! the first. Used for the files people edit by hand: content, forms, units, records.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use crate::report::{Diagnostic, Place, Said, nearest};
use crate::said;

/// A YAML value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where the value begins.
    pub at: Place,
    /// The value.
    pub value: Value,
}

/// What a YAML value can be for us: every scalar is text, the reader's kind decides what it means.
#[derive(Debug, Clone)]
pub enum Value {
    /// `~`, `null` or nothing.
    Null,
    /// Any scalar, as written.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in order.
    Map(Vec<(Spot, Node)>),
}

/// A key with its place.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Where the key begins.
    pub at: Place,
    /// The key.
    pub text: String,
}

/// Parses a text; a syntax error becomes one diagnostic with its place.
pub fn parse(path: &str, text: &str) -> Result<Node, Diagnostic> {
    let options = serde_yaml::options! { leading_zero_numbers_as_strings: true, underscored_numbers_as_strings: true, strict_booleans: true };
    serde_yaml::from_str_with_options::<Spanned<Value>>(text, options)
        .map(Node::from)
        .map_err(|e| syntax_error(path, &e))
}

/// Turns the library's error into ours: its place and its one-line message, without the excerpt.
pub fn syntax_error(path: &str, error: &serde_yaml::Error) -> Diagnostic {
    let place = error.location().map_or(Place { line: 1, column: 1 }, place_of);
    let rendered = error.without_snippet().to_string();
    let line = rendered.lines().next().unwrap_or_default();
    let what = line.rsplit_once(" at line ").map_or(line, |(what, _)| what);
    // What follows is advice for programmers.
    let what = what.split(", set DuplicateKeyPolicy").next().unwrap_or(what);
    let message = unknown_field(what).unwrap_or_else(|| said!("{what}", "YAML 格式有误：{what}"));
    Diagnostic::at(path, place, message)
}

/// serde's "unknown field `a`, expected one of b, c" in our words, with a hint instead of a list.
fn unknown_field(what: &str) -> Option<Said> {
    let (name, rest) = what.strip_prefix("unknown field `")?.split_once('`')?;
    let known = rest.trim_start_matches(", expected").trim_start_matches(" one of");
    let known: Vec<&str> = known.split([',', '`', ' ']).filter(|word| !word.is_empty() && *word != "or").collect();
    Some(unknown_key(name, &known))
}

/// What is said of a key that nobody reads.
fn unknown_key(name: &str, known: &[&str]) -> Said {
    match nearest(name, known.iter().copied()) {
        Some(hint) => said!("unknown key `{name}`; did you mean `{hint}`?", "未知的键 `{name}`，是否应为 `{hint}`？"),
        None => {
            let all = known.join(", ");
            said!("unknown key `{name}`; known keys: {all}", "未知的键 `{name}`；可用的键：{all}")
        }
    }
}

/// Writes a value as YAML: text from outside is quoted whenever it could be read as anything else.
pub fn write<T: serde::Serialize>(value: &T) -> Result<String, String> {
    let options = serde_yaml::ser_options! { prefer_block_scalars: false, compact_list_indent: true };
    serde_yaml::to_string_with_options(value, options).map_err(|e| e.to_string())
}

fn place_of(location: serde_yaml::Location) -> Place {
    Place { line: location.line() as usize, column: location.column() as usize }
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Node {
        Node { at: place_of(spanned.referenced), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Text(v.to_string()))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Text(v.to_string()))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Text(v.to_string()))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::Text(v.to_string()))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::Text(v.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(item.into());
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Value>>()? {
            map.push((Spot { at: place_of(key.referenced), text: key.value }, value.into()));
        }
        Ok(Value::Map(map))
    }
}

/// Reads nodes into types and keeps every fault.
#[derive(Debug)]
pub struct Decoder {
    path: String,
    /// What was wrong so far.
    pub faults: Vec<Diagnostic>,
}

/// The entries of a mapping whose keys were checked.
#[derive(Debug)]
pub struct Entries<'n> {
    at: Place,
    list: Vec<(&'n Spot, &'n Node)>,
}

impl<'n> Entries<'n> {
    /// The value of a key; absent and null are the same.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        let found = self.list.iter().find(|(k, _)| k.text == key).map(|(_, node)| *node);
        found.filter(|node| !matches!(node.value, Value::Null))
    }
}

impl Decoder {
    /// A decoder for one file.
    pub fn new(path: &str) -> Decoder {
        Decoder { path: path.to_owned(), faults: Vec::new() }
    }

    /// Notes a fault at a place.
    pub fn fault(&mut self, at: Place, message: Said) {
        self.faults.push(Diagnostic::at(&self.path, at, message));
    }

    /// The value if nothing was wrong, else all faults.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Diagnostic>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.faults),
        }
    }

    /// Any mapping, in order.
    pub fn map<'n>(&mut self, node: &'n Node) -> &'n [(Spot, Node)] {
        match &node.value {
            Value::Map(entries) => entries,
            _ => {
                self.fault(node.at, said!("expected a mapping (`key: value`)", "此处应为“键: 值”"));
                &[]
            }
        }
    }

    /// A mapping with known keys; each unknown one is a fault with the nearest known one as a hint.
    pub fn entries<'n>(&mut self, node: &'n Node, known: &[&str]) -> Entries<'n> {
        let list: Vec<_> = self.map(node).iter().map(|(key, value)| (key, value)).collect();
        for (key, _) in list.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            self.fault(key.at, unknown_key(&key.text, known));
        }
        Entries { at: node.at, list }
    }

    /// A sequence; absent is empty.
    pub fn list<'n>(&mut self, node: Option<&'n Node>) -> &'n [Node] {
        match node.map(|n| (&n.value, n.at)) {
            None => &[],
            Some((Value::List(list), _)) => list,
            Some((_, at)) => {
                self.fault(at, said!("expected a list (`- item` or `[a, b]`)", "此处应为列表（“- 项”或 [甲, 乙]）"));
                &[]
            }
        }
    }

    /// A sequence of texts; absent is empty.
    pub fn texts(&mut self, node: Option<&Node>) -> Vec<String> {
        self.list(node).iter().filter_map(|item| self.scalar(item)).collect()
    }

    /// One scalar as text.
    pub fn scalar(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.fault(node.at, said!("expected a single value", "此处应为单个值"));
                None
            }
        }
    }

    /// An optional text.
    pub fn text(&mut self, entries: &Entries<'_>, key: &str) -> Option<String> {
        entries.get(key).and_then(|node| self.scalar(node))
    }

    /// A text that must be there and not be empty.
    pub fn required(&mut self, entries: &Entries<'_>, key: &str) -> Option<String> {
        let text = self.text(entries, key).filter(|text| !text.trim().is_empty());
        let broken = entries.get(key).is_some_and(|node| !matches!(node.value, Value::Text(_)));
        if text.is_none() && !broken {
            let at = entries.get(key).map_or(entries.at, |node| node.at);
            self.fault(at, said!("missing key `{key}`", "缺少 `{key}`"));
        }
        text
    }

    /// An optional value that is parsed from its text; what the parser says becomes a fault at the value.
    pub fn parsed<T>(
        &mut self,
        entries: &Entries<'_>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Said>,
    ) -> Option<T> {
        let node = entries.get(key)?;
        let text = self.scalar(node)?;
        parse(&text).map_err(|message| self.fault(node.at, message)).ok()
    }

    /// `true` or `false`; absent is false.
    pub fn flag(&mut self, entries: &Entries<'_>, key: &str) -> bool {
        let parse = |text: &str| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(said!("`{key}` must be `true` or `false`", "`{key}` 只能是 true 或 false")),
        };
        self.parsed(entries, key, parse).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_text_and_their_place() {
        let node = parse("a.yaml", "code: 0714\nday: 2023-07-15\nyes: no\n").unwrap();
        let mut decoder = Decoder::new("a.yaml");
        let entries = decoder.entries(&node, &["code", "day", "yes"]);
        assert_eq!(decoder.text(&entries, "code").unwrap(), "0714");
        assert_eq!(decoder.text(&entries, "day").unwrap(), "2023-07-15");
        assert_eq!(decoder.text(&entries, "yes").unwrap(), "no");
        assert_eq!(entries.get("day").unwrap().at, Place { line: 2, column: 6 });
    }

    #[test]
    fn every_fault_is_collected() {
        let node = parse("a.yaml", "nam: x\nlist: 3\n").unwrap();
        let mut decoder = Decoder::new("a.yaml");
        let entries = decoder.entries(&node, &["name", "list"]);
        decoder.required(&entries, "name");
        decoder.list(entries.get("list"));
        let all: Vec<_> = decoder.faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            all,
            [
                "a.yaml:1:1: unknown key `nam`; did you mean `name`?",
                "a.yaml:1:1: missing key `name`",
                "a.yaml:2:7: expected a list (`- item` or `[a, b]`)"
            ]
        );
    }

    #[test]
    fn unknown_keys_of_typed_files_get_a_hint_too() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code)]
        struct Typed {
            status: String,
            mail: String,
        }
        let said = |text: &str| {
            let error = serde_yaml::from_str::<Typed>(text).unwrap_err();
            syntax_error("a.yaml", &error).to_string()
        };
        assert_eq!(said("mail: x\nstatsu: y\n"), "a.yaml:2:1: unknown key `statsu`; did you mean `status`?");
        assert_eq!(said("abc: y\n"), "a.yaml:1:1: unknown key `abc`; known keys: status, mail");
    }

    #[test]
    fn broken_syntax_and_double_keys_are_located() {
        assert_eq!(parse("a.yaml", "k: v\na: [1\n").unwrap_err().place.line, 2);
        assert_eq!(parse("a.yaml", "a: 1\na: 2\n").unwrap_err().place, Place { line: 2, column: 1 });
    }

    #[test]
    fn hostile_text_survives_writing_and_reading() {
        for text in ["no", "2023-07-15", "12:30", "x\nstatus: accepted", "!!tag y", "0714", "~", "", " a ", "- b", "#c"]
        {
            let written = write(&std::collections::BTreeMap::from([("k", text)])).unwrap();
            let node = parse("a.yaml", &written).unwrap();
            let Value::Map(map) = &node.value else { panic!("{written}") };
            assert!(matches!(&map[0].1.value, Value::Text(t) if t == text), "{written}");
            assert_eq!(map.len(), 1);
        }
    }
}
