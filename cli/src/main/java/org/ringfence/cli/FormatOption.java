package org.ringfence.cli;

import picocli.CommandLine.Option;

/** Of commands that write their results for people or for programs. */
final class FormatOption {
    @Option(
            names = "--format",
            paramLabel = "text|json",
            converter = OutputFormat.Converter.class,
            description = "How results are written: text (the default) or json.")
    private OutputFormat format = OutputFormat.TEXT;

    OutputFormat get() {
        return format;
    }
}
