//! Order: the structural total order of `compare`, and the relations of each policy (docs/specs/machine.md §1, §4 row
//! 36; morph.md §3.3; fusabi.md §2.2; rhumb.md §3.16; rulings.md B30, Fusabi 17, 18).

use std::cmp::Ordering;

use fzb::tables::Lang;
use numeric::Operation;

use crate::exec::dynamic::relation;
use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{CellObj, ListObj};
use crate::policy::parts::Form;
use crate::value::{Kind, Value};
use crate::world::World;

const FRAME: usize = 3;

/// What looking at two values without entering them tells; `None`: unordered (NaN).
enum Glance {
    Known(Option<Ordering>),
    Enter,
}

enum Step {
    Pair(Value, Value),
    Known(Ordering),
    Done,
}

impl World {
    /// The structural total order: NaN first, shorter sequences before longer ones that begin with them. Fault type for
    /// values of different kinds and those without order.
    pub(crate) fn compare(&mut self, x: Value, y: Value) -> Raise<Ordering> {
        Ok(self.ordered(x, y, true)?.unwrap_or(Ordering::Equal))
    }

    /// `x rel y` by policy, without hooks; [`relation`] `EQ` and `NE` are equality.
    pub(crate) fn less(&mut self, rel: u16, x: Value, y: Value) -> Raise<bool> {
        match rel {
            relation::EQ => return self.equal(x, y),
            // Of versions `~~` asks whether they are written the same, whatever their wildcards span (ruling A2).
            relation::NE
                if self.policy() == Lang::Rhumb && self.is_version(x) && self.is_version(y) =>
            {
                return Ok(!self.same_version(x, y)?);
            }
            relation::NE => return Ok(!self.equal(x, y)?),
            _ => {}
        }
        let lang = self.policy();
        let comparable = match lang {
            Lang::Machine | Lang::Fusabi => true,
            Lang::Morph => {
                (World::is_number(x) && World::is_number(y))
                    || (is_textual(x) && is_textual(y))
                    || (x.kind() == Kind::Bytes && y.kind() == Kind::Bytes)
            }
            Lang::Rhumb => {
                let same = (World::is_number(x) && World::is_number(y))
                    || (is_textual(x) && is_textual(y))
                    || self.are_versions_or_dates(x, y)
                    || x.kind() == y.kind();
                if !same || x.is_empty() {
                    return Ok(false);
                }
                self.are_versions_or_dates(x, y)
                    || matches!(
                        x.kind(),
                        Kind::I64
                            | Kind::F64
                            | Kind::Sized
                            | Kind::Dec
                            | Kind::Big
                            | Kind::Text
                            | Kind::Char
                            | Kind::Bytes
                            | Kind::Date
                            | Kind::Duration
                            | Kind::Version
                    )
            }
        };
        if !comparable {
            if lang == Lang::Rhumb {
                let sign = match rel {
                    relation::LT => "<<",
                    relation::LE => "<=",
                    relation::GT => ">>",
                    _ => ">=",
                };
                return Err(self.invalid_operands(sign));
            }
            return Err(self.no_order(x, y));
        }
        Ok(self.ordered(x, y, false)?.is_some_and(|order| match rel {
            relation::LT => order.is_lt(),
            relation::LE => order.is_le(),
            relation::GT => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    /// The order of two values; with `total` NaN comes first, without it makes the whole unordered.
    fn ordered(&mut self, x: Value, y: Value, total: bool) -> Raise<Option<Ordering>> {
        match self.order_glance(x, y, total)? {
            Glance::Known(order) => Ok(order),
            Glance::Enter => {
                let mark = self.temps.len();
                self.push_walk(x, y)?;
                let order = self.order_walk(mark, total)?;
                self.temps.truncate(mark);
                Ok(order)
            }
        }
    }

    fn order_walk(&mut self, mark: usize, total: bool) -> Raise<Option<Ordering>> {
        while self.temps.len() > mark + FRAME {
            self.charge_node()?;
            let (x, y) = match self.order_step()? {
                Step::Pair(x, y) => (x, y),
                Step::Known(Ordering::Equal) => continue,
                Step::Known(order) => return Ok(Some(order)),
                Step::Done => {
                    let top = self.temps.len() - FRAME;
                    self.temps.truncate(top);
                    continue;
                }
            };
            match self.order_glance(x, y, total)? {
                Glance::Known(Some(Ordering::Equal)) => {}
                Glance::Known(order) => return Ok(order),
                Glance::Enter => self.push_pair(mark, x, y)?,
            }
        }
        Ok(Some(Ordering::Equal))
    }

    fn order_step(&mut self) -> Raise<Step> {
        let top = self.temps.len() - FRAME;
        let (x, y, at) = (
            self.temps[top],
            self.temps[top + 1],
            self.temps[top + 2].payload as u32,
        );
        self.temps[top + 2] = Value::int(i64::from(at) + 1);
        Ok(match x.kind() {
            Kind::List => match (x.payload, y.payload) {
                (0, 0) => Step::Done,
                (0, _) => Step::Known(Ordering::Less),
                (_, 0) => Step::Known(Ordering::Greater),
                _ => {
                    // SAFETY: live list cells.
                    unsafe {
                        let (a, b) = (
                            self.at::<ListObj>(x.as_ticket()),
                            self.at::<ListObj>(y.as_ticket()),
                        );
                        self.temps[top] = Value::ticket(Kind::List, lemari::Ticket((*a).tail));
                        self.temps[top + 1] = Value::ticket(Kind::List, lemari::Ticket((*b).tail));
                        Step::Pair((*a).head, (*b).head)
                    }
                }
            },
            Kind::Range => {
                let (a, b) = (
                    self.range_ends(x.as_ticket()),
                    self.range_ends(y.as_ticket()),
                );
                match (a.get(at as usize), b.get(at as usize)) {
                    (Some(p), Some(q)) => Step::Pair(*p, *q),
                    _ => Step::Done,
                }
            }
            Kind::Cell if at == 0 => {
                // SAFETY: live cells.
                unsafe {
                    Step::Pair(
                        (*self.at::<CellObj>(x.as_ticket())).value,
                        (*self.at::<CellObj>(y.as_ticket())).value,
                    )
                }
            }
            Kind::Map => {
                let (a, b) = (x.as_ticket(), y.as_ticket());
                let (p, q) = match self.form(a) {
                    Form::Sequence => (self.element_at(a, at), self.element_at(b, at)),
                    _ => (self.product_part(a, at), self.product_part(b, at)),
                };
                match (p, q) {
                    (Some(p), Some(q)) => Step::Pair(p, q),
                    (None, None) => Step::Done,
                    (None, Some(_)) => Step::Known(Ordering::Less),
                    (Some(_), None) => Step::Known(Ordering::Greater),
                }
            }
            _ => Step::Done,
        })
    }

    fn order_glance(&mut self, x: Value, y: Value, total: bool) -> Raise<Glance> {
        use Glance::{Enter, Known};
        if let (Some(a), Some(b)) = (x.as_int(), y.as_int()) {
            return Ok(Known(Some(a.cmp(&b))));
        }
        if World::is_number(x) && World::is_number(y) {
            let (Some(a), Some(b)) = (self.number_of(x)?, self.number_of(y)?) else {
                return Err(self.no_order(x, y));
            };
            let order = self.number_work(Operation::Compare, &a, &b, || {
                if total {
                    Some(numeric::total_order(&a, &b))
                } else {
                    numeric::compare(&a, &b)
                }
            })?;
            return Ok(Known(order));
        }
        if self.is_version(x) && self.is_version(y) {
            return self.version_order(x, y).map(Known);
        }
        if let (Some(a), Some(b)) = (self.date_ns(x), self.date_ns(y)) {
            return Ok(Known(Some(a.cmp(&b))));
        }
        let lang = self.policy();
        if lang != Lang::Fusabi && x.kind() != y.kind() && is_textual(x) && is_textual(y) {
            return self.order_texts(x, y).map(|order| Known(Some(order)));
        }
        let cases = |value: Value| matches!(value.kind(), Kind::Case0 | Kind::Map);
        if x.kind() != y.kind() && !(cases(x) && cases(y)) {
            return Err(self.no_order(x, y));
        }
        let known = |order: Ordering| Ok(Known(Some(order)));
        match x.kind() {
            Kind::Empty => known(Ordering::Equal),
            Kind::Bool | Kind::Char => known(x.payload.cmp(&y.payload)),
            Kind::Duration => known((x.payload as i64).cmp(&(y.payload as i64))),
            Kind::Text => {
                let order = self.text_cmp(x.as_ticket(), y.as_ticket())?;
                known(order)
            }
            Kind::Bytes => {
                let shorter = self
                    .bytes_slice(x.as_ticket())
                    .len()
                    .min(self.bytes_slice(y.as_ticket()).len());
                self.charge_fuel(shorter as u64 / 64)?;
                known(
                    self.bytes_slice(x.as_ticket())
                        .cmp(self.bytes_slice(y.as_ticket())),
                )
            }
            Kind::List | Kind::Range => Ok(Enter),
            Kind::Cell if lang == Lang::Fusabi => Ok(Enter),
            Kind::Case0 | Kind::Map => self.order_maps(x, y),
            _ => Err(self.no_order(x, y)),
        }
    }

    /// True for two versions or two dates, inline or not.
    fn are_versions_or_dates(&self, x: Value, y: Value) -> bool {
        (self.is_version(x) && self.is_version(y))
            || (self.date_ns(x).is_some() && self.date_ns(y).is_some())
    }

    /// Cases by tag, then content; records, tuples, lists and arrays by content; ordered trees by their entries.
    fn order_maps(&mut self, x: Value, y: Value) -> Raise<Glance> {
        if let Some(alike) = self.both_sorted(x, y) {
            return match (alike, x.kind(), y.kind()) {
                (false, ..) => Err(self.no_order(x, y)),
                (_, Kind::Map, Kind::Map) => Ok(Glance::Enter),
                // Of the two one has no entries, if not both.
                (_, a, b) => Ok(Glance::Known(Some((a == Kind::Map).cmp(&(b == Kind::Map))))),
            };
        }
        let (Some(p), Some(q)) = (self.type_key(x), self.type_key(y)) else {
            return Err(self.no_order(x, y));
        };
        if p.same_type(&q) && p.tag != q.tag {
            return Ok(Glance::Known(Some(p.tag.cmp(&q.tag))));
        }
        let (Kind::Map, Kind::Map) = (x.kind(), y.kind()) else {
            return if p.same_type(&q) {
                Ok(Glance::Known(Some(Ordering::Equal)))
            } else {
                Err(self.no_order(x, y))
            };
        };
        let (a, b) = (self.form(x.as_ticket()), self.form(y.as_ticket()));
        match (a, b) {
            (Form::Sequence, Form::Sequence) => Ok(Glance::Enter),
            (Form::Product, Form::Product) if p.same_type(&q) => Ok(Glance::Enter),
            _ => Err(self.no_order(x, y)),
        }
    }

    /// Texts and chars among themselves, by scalar values (which is the order of UTF-8's bytes).
    fn order_texts(&mut self, x: Value, y: Value) -> Raise<Ordering> {
        let mut bytes = [0; 4];
        let (c, text, swapped) = match x.as_char() {
            Some(c) => (c, y, false),
            None => (y.as_char().unwrap_or('\0'), x, true),
        };
        let one: &str = c.encode_utf8(&mut bytes);
        let order = one.cmp(self.text_str(text.as_ticket())?);
        Ok(if swapped { order.reverse() } else { order })
    }

    #[cold]
    fn no_order(&mut self, x: Value, y: Value) -> Raised {
        let (x, y) = (self.kind_name(x), self.kind_name(y));
        self.fault_args(Fault::Type, format_args!("{x} and {y} have no order"))
    }
}

/// Texts, and chars read as one-scalar texts.
fn is_textual(value: Value) -> bool {
    matches!(value.kind(), Kind::Text | Kind::Char)
}
