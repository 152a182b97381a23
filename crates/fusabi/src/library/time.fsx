// Moments are milliseconds since 1970 in UTC; forms are those of strftime.
module Time

let now () = Native.timeMilliseconds (Native.timeNow ())
let nowSeconds () = Native.timeUnix (Native.timeNow ())
let format (form: string) (moment: int) = Native.timeFormat (Native.timeOfMilliseconds moment) form "UTC"

let parse (form: string) (text: string) =
    try
        Some (Native.timeMilliseconds (Native.timeParse text form "UTC"))
    with
    | _ -> None
