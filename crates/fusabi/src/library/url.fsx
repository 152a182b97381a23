module Url

let encode (text: string) = Native.urlEncode text
let decode (text: string) = Native.urlDecode text
let isValid (text: string) = Native.urlIsValid text

let parse (text: string) =
    if Native.urlIsValid text then
        let port = Native.urlPart text "port"
        Some
            {| scheme = Native.urlPart text "scheme"
               user = Native.urlPart text "user"
               host = Native.urlPart text "host"
               port = (if port = "" then None else Some (Native.parseInt port))
               path = Native.urlPart text "path"
               query = Native.urlPart text "query"
               fragment = Native.urlPart text "fragment" |}
    else
        None
