package org.ringfence.cli.run;

import org.ringfence.platform.tdx.host.HostRun;
import org.ringfence.stack.host.inventory.CpuList;
import org.ringfence.stack.host.inventory.HostMemoryMap;

/** What came of playing a host. */
public sealed interface Played {

    /** What a host was given, and what it did with it. */
    record Told(String platform, String until, HostMemoryMap memory, CpuList cpus, HostRun run, double seconds)
            implements
                Played {

        /** Whether it came as far as was asked, and nothing was hurt. */
        public boolean isGood() {
            return run.isGood();
        }
    }

    /** A limit or an interrupt came first; the sentence says which. */
    record Stopped(String sentence) implements Played {}
}
