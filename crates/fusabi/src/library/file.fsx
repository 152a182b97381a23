// Files of the folders that the host grants, as UTF-8.
module File

#load "list.fsx"

let readText (path: string) = Native.fileReadText path
let readLines (path: string) = Native.textLines (Native.fileReadText path)
let writeText (path: string) (text: string) = Native.fileWrite path text

// Each line with its end.
let ended (lines: string seq) = Native.textJoin "" (List.map (fun line -> line + "\n") (List.ofSeq lines))
let writeLines (path: string) (lines: string seq) = Native.fileWrite path (ended lines)
let appendLine (path: string) (line: string) = Native.fileAppend path (line + "\n")
let exists (path: string) = Native.fileExists path
let delete (path: string) = Native.fileRemove path
let list (folder: string) = Native.fileList folder
