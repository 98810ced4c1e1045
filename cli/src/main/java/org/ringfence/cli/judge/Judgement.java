package org.ringfence.cli.judge;

import java.util.Locale;

/** Whether an expectation came out. */
public enum Judgement {
    /** As expected. */
    MET,
    /** Otherwise. */
    UNMET,
    /** The search ended before it was known. */
    OPEN;

    /** The name in reports. */
    public String printed() {
        return name().toLowerCase(Locale.ROOT);
    }
}
