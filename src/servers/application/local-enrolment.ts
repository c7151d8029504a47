/** The introduction of the runner in this very process (`hler up`), so that registering it needs no copying. */
export abstract class LocalEnrolment {
  /** The enrolment document, or null when no runner runs here. */
  abstract document(): unknown;
}
