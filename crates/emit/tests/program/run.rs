//! A reference interpreter of stack code for the instructions that random programs use: it follows
//! docs/specs/machine.md §4 to the letter, without types or speed.

use fzb::tables::{FuncRec, Range, Tables};
use isa::Op;
use std::cell::RefCell;
use std::rc::Rc;

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    Empty,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Cell(Rc<RefCell<Value>>),
    Function(u32, Vec<Value>),
    /// A pending completion: what was thrown.
    Pending(Box<Value>),
}

fn words(tables: &Tables, range: Range) -> &[u32] {
    &tables.words[range.start as usize..(range.start + range.len) as usize]
}

/// Runs a function; `Err` is what it throws.
pub fn call(
    tables: &Tables,
    id: u32,
    args: Vec<Value>,
    captures: &[Value],
) -> Result<Value, Value> {
    let function: FuncRec = tables.functions[id as usize];
    let code = &tables.code[function.code.start as usize..][..function.code.len as usize];
    let mut locals: Vec<Option<Value>> = args.into_iter().map(Some).collect();
    locals.resize(locals.len() + function.locals.len as usize, None);
    let mut stack: Vec<Value> = Vec::new();
    let mut regions: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = 0;
    let mut steps = 0;
    loop {
        steps += 1;
        assert!(steps < 2_000_000, "the program does not end");
        let instr = isa::decode(code, at as u32).expect("verified code");
        let target = instr.jump_target().flatten().map(|target| target as usize);
        at = instr.next as usize;
        let a = instr.args;
        assert!(stack.len() <= function.max_stack as usize);
        let mut thrown = None;
        macro_rules! pop {
            () => {
                stack.pop().expect("verified code")
            };
        }
        macro_rules! int {
            () => {
                match pop!() {
                    Value::Int(v) => v,
                    other => panic!("{other:?}"),
                }
            };
        }
        macro_rules! bool {
            () => {
                match pop!() {
                    Value::Bool(v) => v,
                    other => panic!("{other:?}"),
                }
            };
        }
        macro_rules! ints {
            (|$x:ident, $y:ident| $made:expr) => {{
                let $y = int!();
                let $x = int!();
                stack.push($made);
            }};
        }
        match instr.op {
            Op::Push => {
                let record = tables.constants[a[0] as usize];
                let wide = u64::from(record.p[0]) | u64::from(record.p[1]) << 32;
                stack.push(match record.kind {
                    2 => Value::Int(wide as i64),
                    3 => Value::Float(f64::from_bits(wide)),
                    6 => {
                        let bytes = &tables.strings[record.p[0] as usize..][..record.p[1] as usize];
                        Value::Text(String::from_utf8(bytes.to_vec()).expect("text"))
                    }
                    kind => panic!("constant kind {kind}"),
                });
            }
            Op::Pop => drop(pop!()),
            Op::Dup => stack.push(stack.last().cloned().expect("verified code")),
            Op::Swap => {
                let top = stack.len() - 1;
                stack.swap(top, top - 1);
            }
            Op::Load => stack.push(locals[a[0] as usize].clone().expect("assigned")),
            Op::Store => locals[a[0] as usize] = Some(pop!()),
            Op::LoadCap => stack.push(captures[a[0] as usize].clone()),
            Op::PushInt => stack.push(Value::Int(i64::from(a[0] as i32))),
            Op::Unit => stack.push(Value::Empty),
            Op::True => stack.push(Value::Bool(true)),
            Op::False => stack.push(Value::Bool(false)),
            Op::Box => {}
            Op::Cast => match (a[0], stack.last()) {
                (2, Some(Value::Int(_))) | (0, _) => {}
                other => panic!("cast {other:?}"),
            },
            Op::CellNew => {
                let value = pop!();
                stack.push(Value::Cell(Rc::new(RefCell::new(value))));
            }
            Op::CellGet => match pop!() {
                Value::Cell(cell) => stack.push(cell.borrow().clone()),
                other => panic!("{other:?}"),
            },
            Op::CellSet => {
                let value = pop!();
                match pop!() {
                    Value::Cell(cell) => *cell.borrow_mut() = value,
                    other => panic!("{other:?}"),
                }
            }
            Op::MakeClosure => {
                let from = stack.len() - a[1] as usize;
                let captured = stack.split_off(from);
                stack.push(Value::Function(a[0], captured));
            }
            Op::CallClosure => {
                let from = stack.len() - a[0] as usize;
                let args = stack.split_off(from);
                match pop!() {
                    Value::Function(id, captured) => match call(tables, id, args, &captured) {
                        Ok(value) => stack.push(value),
                        Err(error) => thrown = Some(error),
                    },
                    other => panic!("{other:?}"),
                }
            }
            Op::Same => {
                let (y, x) = (pop!(), pop!());
                stack.push(Value::Bool(matches!((x, y), (Value::Empty, Value::Empty))));
            }
            Op::I64Add => ints!(|x, y| Value::Int(x.wrapping_add(y))),
            Op::I64Sub => ints!(|x, y| Value::Int(x.wrapping_sub(y))),
            Op::I64Mul => ints!(|x, y| Value::Int(x.wrapping_mul(y))),
            Op::I64Lt => ints!(|x, y| Value::Bool(x < y)),
            Op::I64Eq => ints!(|x, y| Value::Bool(x == y)),
            Op::I64AddCk | Op::I64DivS => {
                let (y, x) = (int!(), int!());
                let made = if instr.op == Op::I64AddCk {
                    x.checked_add(y)
                } else {
                    x.checked_div(y)
                };
                match made {
                    Some(value) => stack.push(Value::Int(value)),
                    None => thrown = Some(Value::Text("fault".into())),
                }
            }
            Op::Not => {
                let value = bool!();
                stack.push(Value::Bool(!value));
            }
            Op::Jump => at = target.expect("a target"),
            Op::JumpIf | Op::JumpIfNot => {
                if bool!() == (instr.op == Op::JumpIf) {
                    at = target.expect("a target");
                }
            }
            Op::Switch => {
                let index = int!();
                let table = tables.tables[(function.tables.start + a[0]) as usize];
                let entries = words(tables, table.entries);
                if let Some(target) = usize::try_from(index).ok().and_then(|i| entries.get(i)) {
                    at = *target as usize;
                }
            }
            Op::Throw => thrown = Some(pop!()),
            Op::PushTry => regions.push((target.expect("a target"), stack.len(), a[0] == 1)),
            Op::PopTry => drop(regions.pop().expect("verified code")),
            Op::EndFinally => match pop!() {
                Value::Pending(error) => thrown = Some(*error),
                other => panic!("{other:?}"),
            },
            Op::Ret => {
                assert!(regions.is_empty() && stack.len() == 1);
                return Ok(pop!());
            }
            other => panic!(
                "{} is not an instruction of random programs",
                other.info().name
            ),
        }
        if let Some(error) = thrown {
            let Some((handler, height, finally)) = regions.pop() else {
                return Err(error);
            };
            stack.truncate(height);
            stack.push(if finally {
                Value::Pending(Box::new(error))
            } else {
                error
            });
            at = handler;
        }
    }
}
