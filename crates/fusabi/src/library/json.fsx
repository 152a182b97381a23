// A `Json` is what `json.parse` gives; only natives look into it.
module Json

#load "map.fsx" "list.fsx"

let parse (text: string) = Native.jsonParse text

let tryParse (text: string) =
    try
        Some (Native.jsonParse text)
    with
    | _ -> None

let stringify (value: 'a) = Native.jsonWrite value
let stringifyPretty (value: 'a) = Native.jsonWritePretty value 2
let get (name: string) (json: Json) = if Native.jsonHas json name then Some (Native.jsonGet json name) else None

let item (i: int) (json: Json) =
    if Native.jsonKind json = "array" && i >= 0 && i < Native.jsonCount json then
        Some (Native.jsonItem json i)
    else
        None

let toArray (json: Json) = if Native.jsonKind json = "array" then Some (Native.jsonItems json) else None

let toString (json: Json) : string option =
    if Native.jsonKind json = "string" then Some (Native.cast json) else None

let toInt (json: Json) : int option = if Native.jsonKind json = "int" then Some (Native.cast json) else None

let toFloat (json: Json) : float option =
    match Native.jsonKind json with
    | "float" -> Some (Native.cast json)
    | "int" ->
        let whole : int = Native.cast json
        Some (float whole)
    | _ -> None

let toBool (json: Json) : bool option = if Native.jsonKind json = "bool" then Some (Native.cast json) else None

let toObject (json: Json) =
    if Native.jsonKind json = "object" then
        Some (Map.ofList (List.zip (Native.jsonNames json) (Native.jsonItems json)))
    else
        None

let object (members: (string * Json) list) =
    let (names, values) = List.unzip members
    Native.jsonObject names values

let array (items: Json list) = Native.jsonArray items
let ofString (s: string) : Json = Native.cast s
let ofInt (n: int) : Json = Native.cast n
let ofFloat (x: float) : Json = Native.cast x
let ofBool (b: bool) : Json = Native.cast b
let isNull (json: Json) = Native.jsonKind json = "null"
