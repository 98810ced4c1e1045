package org.ringfence.cli.run;

/** Shows what a host did. */
public interface RunReport {

    /**
     * Shows it.
     *
     * @param exit with what the program ends
     */
    void show(Played.Told told, int exit);

    /**
     * Shows that a limit or an interrupt came first.
     *
     * @param sentence which, and where the run was
     * @param exit with what the program ends
     */
    void stopped(String platform, String until, String sentence, int exit);
}
