package org.ringfence.machine.vocabulary;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an option of a platform or a routine means, in a phrase that begins small and ends without a full stop; or what
 * one of its values does, in sentences. The first stands at the component of the options' record, the second at the
 * enum's constant. {@code explain} and the schema of case files print them.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Meaning {
    /** The text. */
    String value();
}
