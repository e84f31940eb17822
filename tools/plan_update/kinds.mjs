/** The kinds of number of a region, in the order of their lines in numbering_plan.txt. */
export const KINDS = [
  'fixed_line', 'mobile', 'toll_free', 'premium_rate', 'shared_cost', 'voip', 'personal_number', 'pager', 'uan', 'voicemail',
];
