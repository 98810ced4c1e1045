package org.ringfence.checker.check;

import java.util.List;
import org.ringfence.machine.vocabulary.Form;

/** Routines that cases can name. A service: {@link Registry#found} asks each provider on the class path. */
public interface Routines {

    /** One entry a routine. */
    List<Registry.Entry> entries();

    /** The operations that they ask beside those of the platform: on parts that they bring. */
    default List<Form> forms() {
        return List.of();
    }
}
