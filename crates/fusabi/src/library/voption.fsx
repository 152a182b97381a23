module ValueOption

let get (o: 'a voption) =
    match o with
    | ValueSome x -> x
    | ValueNone -> failwith "ValueOption.get: the option is ValueNone"

let map f (o: 'a voption) =
    match o with
    | ValueSome x -> ValueSome (f x)
    | ValueNone -> ValueNone

let bind (f: 'a -> 'b voption) (o: 'a voption) =
    match o with
    | ValueSome x -> f x
    | ValueNone -> ValueNone
