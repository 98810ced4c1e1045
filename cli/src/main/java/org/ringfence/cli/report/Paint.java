package org.ringfence.cli.report;

import picocli.CommandLine.Help.Ansi.Style;

/** Colours words, or leaves them as they are. */
public record Paint(boolean colours) {
    /** As it should be. */
    public String good(String text) {
        return with(Style.fg_green, text);
    }

    /** As it should not be. */
    public String bad(String text) {
        return with(Style.fg_red, text);
    }

    /** Not known. */
    public String open(String text) {
        return with(Style.fg_yellow, text);
    }

    /** What a reader looks for. */
    public String strong(String text) {
        return with(Style.bold, text);
    }

    /** What a reader may skip. */
    public String faint(String text) {
        return with(Style.faint, text);
    }

    private String with(Style style, String text) {
        return colours && !text.isEmpty() ? style.on() + text + style.off() : text;
    }
}
