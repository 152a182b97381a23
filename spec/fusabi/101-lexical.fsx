// Lexical grammar (§1.1): comments, names, numbers, characters, strings.
(* A block comment (* nests *), and a lone quote "' in it means nothing. *)
let ``a name with blanks`` = 1
let x' = 2
let _unused = 3
printfn "%d" (``a name with blanks`` + x')
// expect: 3
printfn "%d %d %d %d" 10_000 0xFF 0o17 0b101
// expect: 10000 255 15 5
let sized = 200uy, 5s, 7us, 9l, 11u, 13UL, 15L
let bytes = "abc"B
printfn "%d" bytes.Length
// expect: 3
printfn "%.1f %.1f %.2f" 1. 1e3 1.5e-1
// expect: 1.0 1000.0 0.15
printfn "%c%c%c" 'a' '\x41' '\u0042'
// expect: aAB
printfn "%s" "tab:\t|quote:\"|hex:\x41"
// expect: tab:	|quote:"|hex:A
printfn "%s" "joined \
              line"
// expect: joined line
printfn "%s" @"c:\dir ""quoted"""
// expect: c:\dir "quoted"
printfn "%s" """raw "text" \n"""
// expect: raw "text" \n
let name = "fox"
printfn "%s" $"{name} has {String.length name} letters, {{braces}}, %d{1 + 1}"
// expect: fox has 3 letters, {braces}, 2
#if NEVER
this is not read at all: "
#else
printfn "%s" "read"
// expect: read
#endif
let base = 1
let exp = 2
let method = 3
printfn "%d" (base + exp + method)
// expect: 6
