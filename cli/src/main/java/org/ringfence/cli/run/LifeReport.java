package org.ringfence.cli.run;

import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;

/** Shows a VM's life, or what of it there was. */
public interface LifeReport {
    /**
     * Shows it.
     *
     * @param exit with what the program ends
     */
    void show(String platform, LifeOptions options, LifeRun run, int exit);
}
