//! The operators (docs/specs/fusabi.md §1.2) in one table.

/// How tightly an operator binds; the numbers are those of the specification's table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Level(pub u8);

impl Level {
    /// `:=` and `<-`
    pub const ASSIGN: Self = Self(6);
    /// `,`
    pub const TUPLE: Self = Self(7);
    /// `:>` and `:?>`
    pub const CAST: Self = Self(10);
    /// `:?`
    pub const TEST: Self = Self(14);
}

/// How operators of one level group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Associativity {
    /// `a - b - c` is `(a - b) - c`.
    Left,
    /// `a :: b :: c` is `a :: (b :: c)`.
    Right,
}

/// What decides the level of an operator: the whole of it, or how it begins. The first row that fits counts.
const TABLE: &[(Match, u8, Associativity)] = {
    use Associativity::{Left, Right};
    use Match::{Begins, Is};
    &[
        (Is(":="), 6, Right),
        (Is("||"), 8, Left),
        (Is("or"), 8, Left),
        (Is("&&"), 9, Left),
        (Is("&"), 9, Left),
        (Is("::"), 13, Right),
        (Begins("!="), 11, Left),
        (Begins("="), 11, Left),
        (Begins("<"), 11, Left),
        (Begins(">"), 11, Left),
        (Begins("|"), 11, Left),
        (Begins("&"), 11, Left),
        (Begins("$"), 11, Left),
        (Begins("^"), 12, Right),
        (Begins("@"), 12, Right),
        (Begins("+"), 15, Left),
        (Begins("-"), 15, Left),
        (Begins("**"), 17, Right),
        (Begins("*"), 16, Left),
        (Begins("/"), 16, Left),
        (Begins("%"), 16, Left),
    ]
};

#[derive(Clone, Copy)]
enum Match {
    Is(&'static str),
    Begins(&'static str),
}

/// Level and grouping of an infix operator by its characters; `None` if it can be none. `<-`, `,`, `:>`, `:?>` and `:?` are
/// no operators but parts of the grammar.
#[must_use]
pub fn infix(operator: &str) -> Option<(Level, Associativity)> {
    // Leading dots do not count (as in F#): `.+` is as `+`.
    let significant = operator.trim_start_matches('.');
    TABLE
        .iter()
        .find(|(rule, ..)| match rule {
            Match::Is(text) => operator == *text,
            Match::Begins(text) => significant.starts_with(text),
        })
        .map(|&(_, level, grouping)| (Level(level), grouping))
}

/// Whether an operator can stand before its operand.
#[must_use]
pub fn is_prefix(operator: &str) -> bool {
    matches!(operator, "+" | "-" | "+." | "-." | "&" | "&&" | "%" | "%%")
        || operator.starts_with('~')
        || (operator.starts_with('!') && !operator.starts_with("!="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_the_specification() {
        for (operators, level, grouping) in [
            (":=", 6, Associativity::Right),
            ("|| or", 8, Associativity::Left),
            ("&& &", 9, Associativity::Left),
            (
                "= < > <= >= <> == != |> <| ||> >> << |? =~ &. $",
                11,
                Associativity::Left,
            ),
            ("^ ^+ @ @@", 12, Associativity::Right),
            ("::", 13, Associativity::Right),
            ("+ - ++ +. -?", 15, Associativity::Left),
            ("* / % *. .*", 16, Associativity::Left),
            ("** **.", 17, Associativity::Right),
        ] {
            for operator in operators.split(' ') {
                assert_eq!(
                    infix(operator),
                    Some((Level(level), grouping)),
                    "{operator}"
                );
            }
        }
        for operator in ["!", "~", "!!", "?", "~~~"] {
            assert_eq!(infix(operator), None, "{operator}");
        }
    }

    #[test]
    fn prefixes() {
        for operator in ["-", "+", "!", "~~~", "&", "!!"] {
            assert!(is_prefix(operator), "{operator}");
        }
        for operator in ["!=", "*", "=", "|>"] {
            assert!(!is_prefix(operator), "{operator}");
        }
    }
}
