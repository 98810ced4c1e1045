package org.ringfence.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program's entry: reads the command line and ends with the command's exit status. */
@Command(
        name = "ringfence",
        description = "What a hostile host can do to a confidential virtual machine's memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Ringfence.Version.class)
public final class Ringfence implements Runnable {

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Ringfence()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** The version the jar was built as. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Ringfence.class.getPackage().getImplementationVersion();
            return new String[] {"ringfence " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
