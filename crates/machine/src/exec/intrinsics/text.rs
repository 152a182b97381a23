//! Text intrinsics. Results are measured first and then written into their object, so no copy outside the heap is made.

use std::ops::ControlFlow;

use lemari::Ticket;

use super::Site;
use crate::fault::{Fault, Raise};
use crate::heap::object::UNKNOWN;
use crate::heap::text::{fuel_of, search};
use crate::heap::vector::elem;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Makes the text operands joined texts, in place: whoever has a ticket of one still has it. Charges fuel for their bytes.
fn read_all(world: &mut World, site: Site, count: usize) -> Raise<()> {
    let bytes: u64 = (0..count)
        .map(|i| u64::from(world.text_bytes_len(site.ticket(i))))
        .sum();
    world.charge_fuel(fuel_of(bytes))?;
    for i in 0..count {
        world.text_flat(site.ticket(i))?;
    }
    Ok(())
}

/// Content of a text operand after [`read_all`].
fn content(world: &World, site: Site, index: usize) -> &str {
    world
        .text_str_unrooted(site.ticket(index))
        .unwrap_or_default()
}

pub(super) fn find(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 2)?;
    let found = search::find(
        content(world, site, 0).as_bytes(),
        content(world, site, 1).as_bytes(),
    );
    let index = match found {
        Some(offset) => i64::from(world.text_index_of(site.ticket(0), offset)),
        None => -1,
    };
    site.set_int(index);
    Ok(())
}

pub(super) fn contains(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 2)?;
    site.set_bool(search::contains(
        content(world, site, 0).as_bytes(),
        content(world, site, 1).as_bytes(),
    ));
    Ok(())
}

pub(super) fn starts(world: &mut World, site: Site) -> Raise<()> {
    affix(world, site, |text, part| text.starts_with(part))
}

pub(super) fn ends(world: &mut World, site: Site) -> Raise<()> {
    affix(world, site, |text, part| text.ends_with(part))
}

/// A test at one end: fuel by the shorter text only, whatever the longer one's length.
fn affix(world: &mut World, site: Site, test: fn(&[u8], &[u8]) -> bool) -> Raise<()> {
    world.charge_fuel(fuel_of(u64::from(world.text_bytes_len(site.ticket(1)))))?;
    world.text_flat(site.ticket(0))?;
    world.text_flat(site.ticket(1))?;
    site.set_bool(test(
        content(world, site, 0).as_bytes(),
        content(world, site, 1).as_bytes(),
    ));
    Ok(())
}

pub(super) fn lower(world: &mut World, site: Site) -> Raise<()> {
    cased(world, site, <[u8]>::make_ascii_lowercase, each_lower)
}

pub(super) fn upper(world: &mut World, site: Site) -> Raise<()> {
    cased(world, site, <[u8]>::make_ascii_uppercase, |text, out| {
        text.chars().flat_map(char::to_uppercase).for_each(out)
    })
}

/// Lower case by Unicode's default algorithm: sigma is final after a letter and not before one.
fn each_lower(text: &str, out: &mut dyn FnMut(char)) {
    for (at, scalar) in text.char_indices() {
        if scalar == 'Σ' {
            let before = text[..at]
                .chars()
                .next_back()
                .is_some_and(char::is_alphabetic);
            let after = text[at + scalar.len_utf8()..]
                .chars()
                .next()
                .is_some_and(char::is_alphabetic);
            out(if before && !after { 'ς' } else { 'σ' });
        } else {
            scalar.to_lowercase().for_each(&mut *out);
        }
    }
}

fn cased(
    world: &mut World,
    site: Site,
    ascii: fn(&mut [u8]),
    each: fn(&str, &mut dyn FnMut(char)),
) -> Raise<()> {
    read_all(world, site, 1)?;
    let bytes = world.text_bytes_len(site.ticket(0));
    if world.text_is_ascii(site.ticket(0)) {
        let result = world.text_raw(bytes as usize, bytes)?;
        let from = content(world, site, 0);
        // SAFETY: the new text has room for as many bytes as the operand, and nothing else refers to it yet.
        unsafe {
            let to = world.text_content(result);
            std::ptr::copy_nonoverlapping(from.as_ptr(), to, from.len());
            ascii(std::slice::from_raw_parts_mut(to, from.len()));
        }
        site.set_ticket(result);
        return Ok(());
    }
    // Scalars beyond ASCII are looked up one by one.
    world.charge_fuel(u64::from(bytes) / 8)?;
    let mut length = 0;
    each(content(world, site, 0), &mut |scalar| {
        length += scalar.len_utf8()
    });
    let result = world.text_raw(length, UNKNOWN)?;
    let mut at = 0;
    let to = world.text_content(result);
    each(content(world, site, 0), &mut |scalar| {
        let mut utf8 = [0; 4];
        let encoded = scalar.encode_utf8(&mut utf8);
        if at + encoded.len() <= length {
            // SAFETY: within the `length` bytes that the new text has.
            unsafe { std::ptr::copy_nonoverlapping(encoded.as_ptr(), to.add(at), encoded.len()) };
        }
        at += encoded.len();
    });
    site.set_ticket(result);
    Ok(())
}

pub(super) fn trim(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 1)?;
    let text = content(world, site, 0);
    let start = text.len() - text.trim_start().len();
    let end = start + text.trim().len();
    let result = part(world, site, start, end)?;
    site.set_ticket(result);
    Ok(())
}

/// The bytes `start..end` of text operand 0: the operand itself if that is all of it.
fn part(world: &mut World, site: Site, start: usize, end: usize) -> Raise<Ticket> {
    let text = site.ticket(0);
    let bytes = world.text_bytes_len(text) as usize;
    if start == 0 && end == bytes {
        return Ok(text);
    }
    let scalars = if world.text_is_ascii(text) {
        (end - start) as u32
    } else {
        UNKNOWN
    };
    let at = world.temp(site.value(0))?;
    let cut = world.text_cut(at, start as u32, end as u32, scalars)?;
    world.temps.truncate(at);
    Ok(cut)
}

/// Calls `each` with the start of every occurrence, from the left, without overlaps.
fn occurrences(text: &[u8], needle: &[u8], mut each: impl FnMut(usize) -> ControlFlow<()>) {
    let finder = memchr::memmem::Finder::new(needle);
    for at in finder.find_iter(text) {
        if each(at).is_break() {
            return;
        }
    }
}

pub(super) fn replace(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 3)?;
    if world.text_bytes_len(site.ticket(1)) == 0 {
        return Err(world.fault(Fault::Range, "the text to be replaced is empty"));
    }
    let mut count = 0u64;
    let (text, old, new) = (
        content(world, site, 0),
        content(world, site, 1),
        content(world, site, 2),
    );
    occurrences(text.as_bytes(), old.as_bytes(), |_| {
        count += 1;
        ControlFlow::Continue(())
    });
    if count == 0 {
        site.set_ticket(site.ticket(0));
        return Ok(());
    }
    // Occurrences do not overlap, so what they take is in the text.
    let kept = text.len() as u64 - count * old.len() as u64;
    let length = kept.saturating_add(count.saturating_mul(new.len() as u64));
    let length = world.text_length(length)? as usize;
    world.charge_fuel(fuel_of(length as u64) + count)?;
    let result = world.text_raw(length, UNKNOWN)?;
    let (text, old, new) = (
        content(world, site, 0),
        content(world, site, 1),
        content(world, site, 2),
    );
    let to = world.text_content(result);
    let (mut from, mut at) = (0, 0);
    let mut put = |piece: &[u8]| {
        if at + piece.len() <= length {
            // SAFETY: within the `length` bytes that the new text has.
            unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), to.add(at), piece.len()) };
        }
        at += piece.len();
    };
    occurrences(text.as_bytes(), old.as_bytes(), |found| {
        put(&text.as_bytes()[from..found]);
        put(new.as_bytes());
        from = found + old.len();
        ControlFlow::Continue(())
    });
    put(&text.as_bytes()[from..]);
    site.set_ticket(result);
    Ok(())
}

pub(super) fn split(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 2)?;
    if world.text_bytes_len(site.ticket(1)) == 0 {
        return Err(world.fault(Fault::Range, "the separator is empty"));
    }
    let mut parts = 1u64;
    occurrences(
        content(world, site, 0).as_bytes(),
        content(world, site, 1).as_bytes(),
        |_| {
            parts += 1;
            ControlFlow::Continue(())
        },
    );
    world.charge_fuel(parts)?;
    let Ok(parts) = u32::try_from(parts) else {
        return Err(world.fault(Fault::Mem, "too many parts"));
    };
    let array = world.vec_new(elem::DYN, parts)?;
    let array = world.temp(crate::heap::vector::rooted(array))?;
    let text = world.temp(site.value(0))?;
    let ascii = world.text_is_ascii(site.ticket(0));
    let mut start = 0;
    for index in 0..parts {
        let (from, needle) = (
            content(world, site, 0).as_bytes(),
            content(world, site, 1).as_bytes(),
        );
        let rest = from.get(start..).unwrap_or_default();
        let (end, next) = match search::find(rest, needle) {
            Some(found) => (start + found, start + found + needle.len()),
            None => (from.len(), from.len()),
        };
        let scalars = if ascii { (end - start) as u32 } else { UNKNOWN };
        let part = world.text_cut(text, start as u32, end as u32, scalars)?;
        let vector = world.temps[array].as_ticket();
        world.vec_set(vector, index, Value::ticket(Kind::Text, part));
        world.vec_set_len(vector, index + 1);
        start = next;
    }
    let result = super::array::of_vector(world, array)?;
    world.temps.truncate(array);
    site.set_value(result);
    Ok(())
}

/// `text.join`: two passes over the elements, the first of which tests and measures them and joins ropes.
pub(super) fn join(world: &mut World, site: Site) -> Raise<()> {
    world.text_flat(site.ticket(0))?;
    let separator = u64::from(world.text_bytes_len(site.ticket(0)));
    let mut length = 0u64;
    let mut count = 0u64;
    let source = super::list::Elements::of(world, site.value(1), "an array or list of texts")?;
    let mut walk = source.start(world)?;
    while let Some(value) = walk.next(world) {
        if value.tag != tag::TEXT {
            return Err(world.type_fault("a text", value));
        }
        let bytes = u64::from(world.text_bytes_len(value.as_ticket()));
        world.charge_fuel(1 + fuel_of(bytes))?;
        length =
            length
                .saturating_add(bytes)
                .saturating_add(if count == 0 { 0 } else { separator });
        world.text_length(length)?;
        count += 1;
        world.text_flat(value.as_ticket())?;
    }
    walk.end(world);
    let length = length as usize;
    let result = world.text_raw(length, UNKNOWN)?;
    let result = world.temp(Value::ticket(Kind::Text, result))?;
    let mut at = 0;
    let source = super::list::Elements::of(world, site.value(1), "an array or list of texts")?;
    let mut walk = source.start(world)?;
    let mut first = true;
    while let Some(value) = walk.next(world) {
        // Nothing runs between the passes, so the elements are what they were; each copy is tested all the same.
        let pieces = [
            content(world, site, 0),
            world
                .text_str_unrooted(value.as_ticket())
                .unwrap_or_default(),
        ];
        let to = world.text_content(world.temps[result].as_ticket());
        for piece in if first { &pieces[1..] } else { &pieces[..] } {
            if at + piece.len() <= length {
                // SAFETY: within the `length` bytes that the new text has.
                unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), to.add(at), piece.len()) };
            }
            at += piece.len();
        }
        first = false;
    }
    walk.end(world);
    site.set_ticket(world.temps[result].as_ticket());
    world.temps.truncate(result);
    Ok(())
}

pub(super) fn pad(world: &mut World, site: Site) -> Raise<()> {
    let asked = site.int(1);
    let wanted = asked.unsigned_abs();
    if wanted > u64::from(u32::MAX) {
        return Err(world.fault_args(
            Fault::Range,
            format_args!("a text cannot be padded to {asked} scalars"),
        ));
    }
    let (scalars, bytes) = (
        world.text_scalars(site.ticket(0)),
        world.text_bytes_len(site.ticket(0)),
    );
    let blanks = wanted.saturating_sub(u64::from(scalars));
    if blanks == 0 {
        site.set_ticket(site.ticket(0));
        return Ok(());
    }
    let length = world.text_length(u64::from(bytes) + blanks)? as usize;
    world.charge_fuel(fuel_of(length as u64))?;
    world.text_flat(site.ticket(0))?;
    let result = world.text_raw(length, wanted as u32)?;
    let (text, blanks) = (content(world, site, 0), blanks as usize);
    let to = world.text_content(result);
    // SAFETY: blanks and bytes are together the `length` bytes that the new text has.
    unsafe {
        let (text_at, blanks_at) = if asked > 0 {
            (blanks, 0)
        } else {
            (0, text.len())
        };
        std::ptr::copy_nonoverlapping(text.as_ptr(), to.add(text_at), text.len());
        std::ptr::write_bytes(to.add(blanks_at), b' ', blanks);
    }
    site.set_ticket(result);
    Ok(())
}

pub(super) fn bytes(world: &mut World, site: Site) -> Raise<()> {
    read_all(world, site, 1)?;
    let result = world.bytes_raw(world.text_bytes_len(site.ticket(0)) as usize)?;
    let text = content(world, site, 0);
    // SAFETY: as many bytes as the text has were made.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), world.bytes_content(result), text.len())
    };
    site.set_ticket(result);
    Ok(())
}

pub(super) fn of_bytes(world: &mut World, site: Site) -> Raise<()> {
    let length = world.bytes_len(site.ticket(0));
    world.charge_fuel(fuel_of(u64::from(length)))?;
    if let Err(error) = std::str::from_utf8(world.bytes_slice(site.ticket(0))) {
        let at = error.valid_up_to();
        return Err(world.fault_args(
            Fault::Conv,
            format_args!("the bytes are not UTF-8 at offset {at}"),
        ));
    }
    let result = world.text_raw(length as usize, UNKNOWN)?;
    let from = world.bytes_slice(site.ticket(0));
    // SAFETY: the new text has as many bytes; they were proven to be UTF-8 and never change.
    unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), world.text_content(result), from.len()) };
    site.set_ticket(result);
    Ok(())
}

pub(super) fn slice(world: &mut World, site: Site) -> Raise<()> {
    let scalars = world.text_scalars(site.ticket(0));
    let (from, to) = (site.int(1), site.int(2));
    if from < 0 || from > to || to > i64::from(scalars) {
        return Err(world.fault_args(
            Fault::Bounds,
            format_args!("{from} to {to} is outside a text of {scalars} scalars"),
        ));
    }
    let result = world.text_slice(site.ticket(0), from as u32, to as u32)?;
    site.set_ticket(result);
    Ok(())
}

pub(super) fn repeat(world: &mut World, site: Site) -> Raise<()> {
    let times = site.int(1);
    let Ok(count) = u64::try_from(times) else {
        return Err(world.fault_args(
            Fault::Range,
            format_args!("a text cannot be repeated {times} times"),
        ));
    };
    let bytes = u64::from(world.text_bytes_len(site.ticket(0)));
    let length = world.text_length(bytes.saturating_mul(count))? as usize;
    world.charge_fuel(fuel_of(length as u64))?;
    world.text_flat(site.ticket(0))?;
    let result = world.text_raw(length, UNKNOWN)?;
    let text = content(world, site, 0).as_bytes();
    let to = world.text_content(result);
    if let [byte] = text {
        // SAFETY: the new text has `length` bytes.
        unsafe { std::ptr::write_bytes(to, *byte, length) };
    } else if !text.is_empty() {
        // What was written is doubled, so that few copies do it.
        let mut done = text.len().min(length);
        // SAFETY: all writes end at or before `length`; source and target do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), to, done);
            while done < length {
                let more = done.min(length - done);
                std::ptr::copy_nonoverlapping(to, to.add(done), more);
                done += more;
            }
        }
    }
    site.set_ticket(result);
    Ok(())
}
