package org.ringfence.checker.check;

import java.util.List;

/** A routine of which whoever reads a verdict on it should know more than its name. */
public interface Remarked {

    /** What a verdict rests on, a sentence each; asked once the routine has been explored. */
    List<String> notes();

    /** What {@code explain} tells of it, a line each. */
    List<String> explained();
}
