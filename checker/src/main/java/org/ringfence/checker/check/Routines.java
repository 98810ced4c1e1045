package org.ringfence.checker.check;

import java.util.List;

/** Routines that cases can name. A service: {@link Registry#found} asks each provider on the class path. */
public interface Routines {

    /** One entry a routine. */
    List<Registry.Entry> entries();
}
