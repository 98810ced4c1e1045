package org.ringfence.machine.vocabulary;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an option of a platform or a routine means, in a phrase that begins small and ends without a full stop. It stands
 * at the component of the options' record, and is what {@code explain} and the schema of case files say of it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Meaning {
    /** The phrase. */
    String value();
}
