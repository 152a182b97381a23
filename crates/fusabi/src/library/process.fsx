module Process

let env (name: string) : string option =
    let value = Native.envGet name
    if isNull value then None else Some (Native.cast value)
