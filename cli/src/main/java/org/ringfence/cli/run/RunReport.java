package org.ringfence.cli.run;

/** Shows what a host did. */
public interface RunReport {

    /**
     * Shows it.
     *
     * @param exit with what the program ends
     */
    void show(Played.Told told, int exit);
}
