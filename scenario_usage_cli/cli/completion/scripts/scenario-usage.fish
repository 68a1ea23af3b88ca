# fish completion for scenario-usage: evaluate it, or keep it in the folder for completions.

function __scenario_usage_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string collect)
    set -l program scenario-usage
    string match -q -- '*/scenario-usage' $words[1]
    and set program (string replace -r '^~/' $HOME/ -- $words[1])
    set -e words[1]
    set -lx _SCENARIO_USAGE_COMPLETE fish
    set -l found ($program $words "$current" 2>/dev/null | string split0)
    set -l kind $found[1]
    set -e found[1]
    if test "$kind" = paths
        set found $found[1](__fish_complete_path $found[2])
    end
    test (count $found) -gt 0; and string join0 -- $found
end

complete -c scenario-usage -f -a '(__scenario_usage_complete | string split0)'
