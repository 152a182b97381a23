// Functions of no module. Beyond the rows of signatures.txt, for the code of conversions and of printing:
//   intOfString, intOfStringIn, uint64OfString, floatOfString, boolOfString, charOfString   conversions of texts (`int "3"`)
module Core'

#load "map.fsx" "set.fsx" "list.fsx" "regex.fsx" "async.fsx"

let print (value: 'a) = Native.consoleWrite (Native.display value)
let invalidArg (parameter: string) (message: string) = failwith (message + " (Parameter '" + parameter + "')")
let invalidOp (message: string) = failwith message
let bool (text: string) = Native.parseBool text
let intOfString (text: string) = Native.parseInt text
let intOfStringIn (least: int) (most: int) (text: string) = Native.parseIntIn text least most
let uint64OfString (text: string) = Native.parseUint64 text
let floatOfString (text: string) = Native.parseFloat text
let boolOfString (text: string) = Native.parseBool text

let charOfString (text: string) =
    if Native.textLength text = 1 then
        text.[0]
    else
        failwith "char: the text is not one character long"

let sin'float (x: float) = Native.floatSin x
let sin'float32 (x: float32) = float32 (Native.floatSin (float x))
let cos'float (x: float) = Native.floatCos x
let cos'float32 (x: float32) = float32 (Native.floatCos (float x))
let tan'float (x: float) = Native.floatTan x
let tan'float32 (x: float32) = float32 (Native.floatTan (float x))
let asin'float (x: float) = Native.floatAsin x
let asin'float32 (x: float32) = float32 (Native.floatAsin (float x))
let acos'float (x: float) = Native.floatAcos x
let acos'float32 (x: float32) = float32 (Native.floatAcos (float x))
let atan'float (x: float) = Native.floatAtan x
let atan'float32 (x: float32) = float32 (Native.floatAtan (float x))
let atan2'float (y: float) (x: float) = Native.floatAtan2 y x
let atan2'float32 (y: float32) (x: float32) = float32 (Native.floatAtan2 (float y) (float x))
let sinh'float (x: float) = Native.floatSinh x
let sinh'float32 (x: float32) = float32 (Native.floatSinh (float x))
let cosh'float (x: float) = Native.floatCosh x
let cosh'float32 (x: float32) = float32 (Native.floatCosh (float x))
let tanh'float (x: float) = Native.floatTanh x
let tanh'float32 (x: float32) = float32 (Native.floatTanh (float x))
let exp'float (x: float) = Native.floatExp x
let exp'float32 (x: float32) = float32 (Native.floatExp (float x))
let log'float (x: float) = Native.floatLn x
let log'float32 (x: float32) = float32 (Native.floatLn (float x))
let log10'float (x: float) = Native.floatLog10 x
let log10'float32 (x: float32) = float32 (Native.floatLog10 (float x))
let log2'float (x: float) = Native.floatLog2 x
let log2'float32 (x: float32) = float32 (Native.floatLog2 (float x))

// Powers by squaring.
let pown'any one multiply divide (x: 'a) (n: int) =
    let rec go result x n =
        if n = 0 then result
        elif n % 2 = 0 then go result (multiply x x) (n / 2)
        else go (multiply result x) (multiply x x) (n / 2)
    if n < 0 then divide one (go one x (-n)) else go one x n

let pown'int (x: int) (n: int) = pown'any 1 (fun a b -> a * b) (fun a b -> a / b) x n
let pown'float (x: float) (n: int) = pown'any 1.0 (fun a b -> a * b) (fun a b -> a / b) x n
let lock (_: 'a) (work: unit -> 'b) = work ()
let using (resource: 'a) (work: 'a -> 'b) = work resource
let dict (entries: ('k * 'v) seq) = Map.ofSeq entries
let set (items: 'a seq) = Set.ofSeq items
let print_string (text: string) = Native.consoleWrite text
let print_int (n: int) = Native.consoleWrite (string n)
let print_float (x: float) = Native.consoleWrite (string x)
let print_newline () = Native.consoleWrite "\n"
let Regex (pattern: string) = Regex'.make pattern

let sleep (milliseconds: int) : Async<unit> = Async.sleep milliseconds

let exit (code: int) =
    Native.exit code
    failwith "exit: the program goes on"

// Last: from here on the names are these functions. The bodies call the modules by the functions above.
let Map (entries: ('k * 'v) seq) = dict entries
let Set (items: 'a seq) = set items
